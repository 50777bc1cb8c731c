//! Watches where requests begin and end, stricter than the parser behind it, so that no proxy in front can see them otherwise.
//!
//! Refused (RFC 9112, sections 2.2, 5.1, 5.2, 6.1 and 6.3): bare LF and CR, folded lines, space before a colon, `Content-Length`
//! twice or beside `Transfer-Encoding`, any coding but `chunked`, and anything but one `Host`.

/// The longest line that is looked at; the parser refuses longer heads by itself.
const LONGEST: usize = 131_072;

/// Where in the stream of requests the next byte belongs.
#[derive(Default)]
pub(super) struct Framing {
    place: Place,
    line: Vec<u8>,
    head: Head,
}

#[derive(Clone, Copy, Default, PartialEq)]
enum Place {
    #[default]
    Start,
    Headers,
    Body(u64),
    ChunkSize,
    Chunk(u64),
    ChunkEnd,
    Trailers,
}

/// What a head has said so far.
#[derive(Default)]
struct Head {
    recent: bool,
    length: Option<u64>,
    chunked: bool,
    hosts: usize,
}

/// A request that can be read in more than one way.
struct Ambiguous;

impl Framing {
    /// Takes the next bytes; tells where the first ambiguous one is, and is of no use after that.
    pub(super) fn take(&mut self, bytes: &[u8]) -> Option<usize> {
        let mut at = 0;
        while at < bytes.len() {
            match self.place {
                Place::Body(left) | Place::Chunk(left) => {
                    let rest = (bytes.len() - at) as u64;
                    let taken = left.min(rest);
                    at += usize::try_from(taken).unwrap_or(usize::MAX);
                    self.place = match (self.place, left - taken) {
                        (Place::Body(_), 0) => Place::Start,
                        (Place::Body(_), left) => Place::Body(left),
                        (_, 0) => Place::ChunkEnd,
                        (_, left) => Place::Chunk(left),
                    };
                }
                _ => {
                    if self.byte(bytes[at]).is_err() {
                        return Some(at);
                    }
                    at += 1;
                }
            }
        }
        None
    }

    fn byte(&mut self, byte: u8) -> Result<(), Ambiguous> {
        let after_return = self.line.last() == Some(&b'\r');
        match (byte, after_return) {
            (b'\n', true) => {
                let mut line = std::mem::take(&mut self.line);
                line.pop();
                let ended = self.line(&line);
                line.clear();
                self.line = line;
                ended
            }
            (b'\n', false) | (_, true) => Err(Ambiguous),
            // A folded line is known by its first byte, once there is a line to go on from.
            (b' ' | b'\t', false) if self.line.is_empty() && matches!(self.place, Place::Headers | Place::Trailers) => {
                Err(Ambiguous)
            }
            _ if self.line.len() < LONGEST => {
                self.line.push(byte);
                Ok(())
            }
            _ => Err(Ambiguous),
        }
    }

    fn line(&mut self, line: &[u8]) -> Result<(), Ambiguous> {
        match self.place {
            // RFC 9112, section 2.2: empty lines before a request are skipped.
            Place::Start if line.is_empty() => {}
            Place::Start => {
                self.head = Head { recent: line.ends_with(b" HTTP/1.1"), ..Head::default() };
                self.place = Place::Headers;
            }
            Place::Headers if line.is_empty() => self.place = self.head.body()?,
            Place::Headers => self.head.header(line)?,
            Place::ChunkSize => {
                self.place = match chunk_size(line)? {
                    0 => Place::Trailers,
                    size => Place::Chunk(size),
                }
            }
            Place::ChunkEnd if line.is_empty() => self.place = Place::ChunkSize,
            Place::Trailers if line.is_empty() => self.place = Place::Start,
            Place::Trailers => {}
            Place::ChunkEnd | Place::Body(_) | Place::Chunk(_) => return Err(Ambiguous),
        }
        Ok(())
    }
}

impl Head {
    fn header(&mut self, line: &[u8]) -> Result<(), Ambiguous> {
        let colon = line.iter().position(|byte| *byte == b':').ok_or(Ambiguous)?;
        let (name, value) = (&line[..colon], trim(&line[colon + 1..]));
        if name.is_empty() || !name.iter().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte))
        {
            return Err(Ambiguous);
        }
        if name.eq_ignore_ascii_case(b"content-length") {
            let digits = !value.is_empty() && value.len() <= 18 && value.iter().all(u8::is_ascii_digit);
            if !digits || self.length.is_some() || self.chunked {
                return Err(Ambiguous);
            }
            self.length = std::str::from_utf8(value).ok().and_then(|text| text.parse().ok());
        } else if name.eq_ignore_ascii_case(b"transfer-encoding") {
            if !value.eq_ignore_ascii_case(b"chunked") || self.chunked || self.length.is_some() || !self.recent {
                return Err(Ambiguous);
            }
            self.chunked = true;
        } else if name.eq_ignore_ascii_case(b"host") {
            self.hosts += 1;
            if self.hosts > 1 {
                return Err(Ambiguous);
            }
        }
        Ok(())
    }

    /// What follows the head.
    fn body(&self) -> Result<Place, Ambiguous> {
        match (self.chunked, self.length) {
            _ if self.recent && self.hosts != 1 => Err(Ambiguous),
            (true, _) => Ok(Place::ChunkSize),
            (false, Some(length)) if length > 0 => Ok(Place::Body(length)),
            _ => Ok(Place::Start),
        }
    }
}

fn chunk_size(line: &[u8]) -> Result<u64, Ambiguous> {
    let digits = line.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
    let extension = line.get(digits).is_none_or(|byte| *byte == b';');
    if !(1..=15).contains(&digits) || !extension {
        return Err(Ambiguous);
    }
    let text = std::str::from_utf8(&line[..digits]).map_err(|_| Ambiguous)?;
    u64::from_str_radix(text, 16).map_err(|_| Ambiguous)
}

/// Without spaces and tabs around it; other white space is not white space here.
fn trim(mut value: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = value {
        value = rest;
    }
    value
}

#[cfg(test)]
mod tests {
    use super::Framing;

    /// The same verdict however the bytes are cut into pieces.
    fn ambiguous(text: &str) -> Option<usize> {
        let whole = Framing::default().take(text.as_bytes());
        let mut framing = Framing::default();
        let single = text.bytes().enumerate().find_map(|(at, byte)| framing.take(&[byte]).map(|_| at));
        assert_eq!(whole, single, "{text:?}");
        whole
    }

    #[test]
    fn ordinary_requests_pass_one_after_the_other() {
        let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
        let post = "POST / HTTP/1.1\r\nhost:a\r\nContent-Length: 5 \r\n\r\na\nb\rc";
        let chunked = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n3;x=\"y\"\r\na\n\r\r\nA\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n";
        let old = "GET / HTTP/1.0\r\n\r\n";
        let all = [get, "\r\n", post, chunked, post, chunked, get, old].concat();
        assert_eq!(ambiguous(&all), None);
        // Were the lengths followed wrongly, this would pass as part of a body.
        assert_eq!(ambiguous(&format!("{all}GET / HTTP/1.1\nHost: a\r\n\r\n")), Some(all.len() + 14));
    }

    #[test]
    fn what_two_parsers_may_read_differently_is_found() {
        let post = "POST / HTTP/1.1\r\nHost: a\r\n";
        for rest in [
            "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
            "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n",
            "Content-Length: 5\r\nContent-Length: 5\r\n\r\n",
            "Content-Length: 5\r\nContent-Length: 6\r\n\r\n",
            "Content-Length: 5, 5\r\n\r\n",
            "Content-Length: +5\r\n\r\n",
            "Content-Length: \r\n\r\n",
            "Content-Length: 0x5\r\n\r\n",
            "Content-Length : 5\r\n\r\n",
            "Content-Length: 99999999999999999999\r\n\r\n",
            "Transfer-Encoding: identity\r\n\r\n",
            "Transfer-Encoding: gzip, chunked\r\n\r\n",
            "Transfer-Encoding: xchunked\r\n\r\n",
            "Transfer-Encoding: \u{b}chunked\r\n\r\n",
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
            "Transfer-Encoding : chunked\r\n\r\n",
            "X: a\r\n b\r\n\r\n",
            "X: a\r\n\tContent-Length: 5\r\n\r\n",
            "X: a\nContent-Length: 5\r\n\r\n",
            "X: a\rY: b\r\n\r\n",
            "X: a\r\n\n",
            "X\r\n\r\n",
            ": a\r\n\r\n",
            "Host: b\r\n\r\n",
            "Transfer-Encoding: chunked\r\n\r\n0x3\r\n",
            "Transfer-Encoding: chunked\r\n\r\n3\nabc\r\n",
            "Transfer-Encoding: chunked\r\n\r\n-1\r\n",
            "Transfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n",
            "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
            "Transfer-Encoding: chunked\r\n\r\n0\r\nX: a\n\r\n",
        ] {
            assert!(ambiguous(&format!("{post}{rest}")).is_some(), "{rest:?}");
        }
        assert!(ambiguous("GET / HTTP/1.1\r\n\r\n").is_some(), "no host");
        assert!(ambiguous("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n").is_some());
    }
}
