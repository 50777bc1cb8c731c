//! Which addresses belong to the public internet, and which to this machine or somebody's own network
//! (IANA's special-purpose registries for IPv4 and IPv6).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The IPv4 address that packets to an IPv6 one really go to, for the forms that carry one: IPv4-mapped (RFC 4291),
/// NAT64 (RFC 6052) and 6to4 (RFC 3056).
#[must_use]
pub fn carried(ip: Ipv6Addr) -> Option<Ipv4Addr> {
    let [a, b, c, d, e, f, g, h] = ip.segments();
    let of = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match (a, b) {
        (0, 0) if (c, d, e, f) == (0, 0, 0, 0xffff) => Some(of(g, h)),
        (0x64, 0xff9b) if (c, d, e, f) == (0, 0, 0, 0) => Some(of(g, h)),
        (0x2002, _) => Some(of(b, c)),
        _ => None,
    }
}

/// What kind of address it is when it is none of the public internet's: *a private address*. An address that carries
/// another one is of that one's kind.
#[must_use]
pub fn special(ip: IpAddr) -> Option<&'static str> {
    match ip {
        IpAddr::V4(ip) => special_v4(ip),
        IpAddr::V6(ip) => match carried(ip) {
            Some(inner) => special_v4(inner),
            None => special_v6(ip),
        },
    }
}

fn special_v4(ip: Ipv4Addr) -> Option<&'static str> {
    match ip.octets() {
        [0, ..] => Some("an address that means this machine"),
        [127, ..] => Some("a loopback address"),
        [10, ..] | [172, 16..=31, ..] | [192, 168, ..] => Some("a private address"),
        [100, 64..=127, ..] => Some("an address shared behind a provider's NAT"),
        [169, 254, ..] => Some("a link-local address"),
        [224..=239, ..] => Some("a multicast address"),
        [192, 0, 0 | 2, _]
        | [192, 88, 99, _]
        | [198, 18 | 19, ..]
        | [198, 51, 100, _]
        | [203, 0, 113, _]
        | [240..=255, ..] => Some("a reserved address"),
        _ => None,
    }
}

fn special_v6(ip: Ipv6Addr) -> Option<&'static str> {
    match ip.segments() {
        [0, 0, 0, 0, 0, 0, 0, 0] => Some("an address that means this machine"),
        [0, 0, 0, 0, 0, 0, 0, 1] => Some("a loopback address"),
        [0xfc00..=0xfdff, ..] => Some("a private address"),
        [0xfe80..=0xfebf, ..] => Some("a link-local address"),
        [0xff00..=0xffff, ..] => Some("a multicast address"),
        // Protocol assignments with Teredo, and two blocks for documentation, lie within what is handed out.
        [0x2001, 0..=0x1ff, ..] | [0x2001, 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => Some("a reserved address"),
        [0x2000..=0x3fff, ..] => None,
        _ => Some("a reserved address"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The registries once more, as networks of their own notation: address, length.
    const NOT_PUBLIC: &[(&str, u32)] = &[
        ("0.0.0.0", 8),
        ("10.0.0.0", 8),
        ("100.64.0.0", 10),
        ("127.0.0.0", 8),
        ("169.254.0.0", 16),
        ("172.16.0.0", 12),
        ("192.0.0.0", 24),
        ("192.0.2.0", 24),
        ("192.88.99.0", 24),
        ("192.168.0.0", 16),
        ("198.18.0.0", 15),
        ("198.51.100.0", 24),
        ("203.0.113.0", 24),
        ("224.0.0.0", 4),
        ("240.0.0.0", 4),
    ];
    const NOT_PUBLIC_6: &[(&str, u32)] =
        &[("::", 3), ("2001::", 23), ("2001:db8::", 32), ("3fff::", 20), ("4000::", 2), ("8000::", 1)];

    fn listed_v4(ip: Ipv4Addr) -> bool {
        NOT_PUBLIC.iter().any(|(net, length)| {
            let net = u32::from(net.parse::<Ipv4Addr>().unwrap());
            (u32::from(ip) ^ net) >> (32 - length) == 0
        })
    }

    fn listed(ip: Ipv6Addr) -> bool {
        let bits = u128::from(ip);
        let nat64 = u128::from("64:ff9b::".parse::<Ipv6Addr>().unwrap());
        let low = Ipv4Addr::from(u32::try_from(bits & 0xffff_ffff).unwrap());
        if bits >> 32 == 0xffff || bits >> 32 == nat64 >> 32 {
            return listed_v4(low);
        }
        if bits >> 112 == 0x2002 {
            return listed_v4(Ipv4Addr::from(u32::try_from((bits >> 80) & 0xffff_ffff).unwrap()));
        }
        NOT_PUBLIC_6.iter().any(|(net, length)| {
            let net = u128::from(net.parse::<Ipv6Addr>().unwrap());
            (bits ^ net) >> (128 - length) == 0
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]

        #[test]
        fn every_ipv4_address_is_judged_as_the_registry_has_it(
            bits in any::<u32>(), near in 0..NOT_PUBLIC.len(), edge in -3_i64..3, at_an_edge: bool,
        ) {
            let (net, length) = NOT_PUBLIC[near];
            let start = i64::from(u32::from(net.parse::<Ipv4Addr>().unwrap()));
            let end = start + (1_i64 << (32 - length));
            let close = if edge < 0 { start + edge } else { end - 2 + edge };
            let bits = if at_an_edge { u32::try_from(close.rem_euclid(1 << 32)).unwrap() } else { bits };
            let ip = Ipv4Addr::from(bits);
            prop_assert_eq!(special(ip.into()).is_some(), listed_v4(ip), "{}", ip);
            // However it is wrapped, it stays what it is.
            for wrapped in [
                ip.to_ipv6_mapped(),
                Ipv6Addr::from((0x64_ff9b_u128 << 96) | u128::from(bits)),
                Ipv6Addr::from((0x2002_u128 << 112) | (u128::from(bits) << 80) | 1),
            ] {
                prop_assert_eq!(special(wrapped.into()).is_some(), listed_v4(ip), "{}", wrapped);
            }
        }

        #[test]
        fn every_ipv6_address_is_judged_as_the_registry_has_it(bits in any::<u128>(), top in 0_u16.., short: bool) {
            let bits = if short { (u128::from(top) << 112) | (bits & 0xffff) } else { bits };
            let ip = Ipv6Addr::from(bits);
            prop_assert_eq!(special(ip.into()).is_some(), listed(ip), "{}", ip);
        }
    }

    #[test]
    fn the_well_known_ones() {
        for text in [
            "127.0.0.1",
            "0.0.0.0",
            "10.1.2.3",
            "172.31.255.255",
            "192.168.178.1",
            "100.64.0.1",
            "169.254.169.254",
            "255.255.255.255",
            "224.0.0.251",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "64:ff9b::a00:1",
            "2002:c0a8:1::1",
            "fe80::1",
            "fd00:ec2::254",
            "fc00::1",
            "ff02::fb",
            "2001:db8::1",
            "2001::1",
            "::7f00:1",
            "64:ff9b:1::1",
        ] {
            assert!(special(text.parse().unwrap()).is_some(), "{text}");
        }
        for text in
            ["1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700:4700::1111", "::ffff:9.9.9.9", "64:ff9b::808:808"]
        {
            assert_eq!(special(text.parse().unwrap()), None, "{text}");
        }
    }
}
