//! The icons: Lucide's shapes, drawn inline and hidden from readers, since a word always stands beside them.

use icondata::Icon as Data;
use leptos::prelude::*;
use leptos::svg;

/// What an icon stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is its name")]
pub enum Icon {
    Overview,
    Key,
    Door,
    Open,
    Lock,
    Lockdown,
    Events,
    Place,
    Simulator,
    Mail,
    Person,
    SignOut,
    Done,
    Alert,
    Go,
    Add,
    Search,
    Copy,
    Show,
    Pause,
    Resume,
    Edit,
    Remove,
    Rotate,
    Chat,
    Offline,
    Extend,
    Group,
    Schedule,
    People,
    Settings,
    Download,
    Upload,
    Duplicate,
    Send,
    Phone,
    Secure,
    Passkey,
    Bell,
    Test,
    Filter,
    Question,
    Terminal,
    Code,
}

impl Icon {
    fn data(self) -> Data {
        match self {
            Self::Overview => icondata::LuHouse,
            Self::Key => icondata::LuKeyRound,
            Self::Door => icondata::LuDoorClosed,
            Self::Open => icondata::LuLockOpen,
            Self::Lock => icondata::LuLock,
            Self::Lockdown => icondata::LuShieldAlert,
            Self::Events => icondata::LuScrollText,
            Self::Place => icondata::LuMapPin,
            Self::Simulator => icondata::LuFlaskConical,
            Self::Mail => icondata::LuMail,
            Self::Person => icondata::LuUserRound,
            Self::SignOut => icondata::LuLogOut,
            Self::Done => icondata::LuCircleCheck,
            Self::Alert => icondata::LuTriangleAlert,
            Self::Go => icondata::LuChevronRight,
            Self::Add => icondata::LuPlus,
            Self::Search => icondata::LuSearch,
            Self::Copy => icondata::LuCopy,
            Self::Show => icondata::LuEye,
            Self::Pause => icondata::LuPause,
            Self::Resume => icondata::LuPlay,
            Self::Edit => icondata::LuPencil,
            Self::Remove => icondata::LuTrash2,
            Self::Rotate => icondata::LuRefreshCw,
            Self::Chat => icondata::LuMessageCircle,
            Self::Offline => icondata::LuWifiOff,
            Self::Extend => icondata::LuCalendarPlus,
            Self::Group => icondata::LuLayers,
            Self::Schedule => icondata::LuCalendarClock,
            Self::People => icondata::LuUsersRound,
            Self::Settings => icondata::LuSettings,
            Self::Download => icondata::LuDownload,
            Self::Upload => icondata::LuUpload,
            Self::Duplicate => icondata::LuCopyPlus,
            Self::Send => icondata::LuSend,
            Self::Phone => icondata::LuPhone,
            Self::Secure => icondata::LuShieldCheck,
            Self::Passkey => icondata::LuFingerprint,
            Self::Bell => icondata::LuBell,
            Self::Test => icondata::LuPlugZap,
            Self::Filter => icondata::LuListFilter,
            Self::Question => icondata::LuCircleHelp,
            Self::Terminal => icondata::LuScanLine,
            Self::Code => icondata::LuQrCode,
        }
    }

    /// The drawing, 18 px.
    pub fn view(self) -> AnyView {
        // The shapes come from the crate, never from anybody's input.
        svg::svg()
            .class("icon")
            .attr("width", "18")
            .attr("height", "18")
            .attr("viewBox", "0 0 24 24")
            .attr("fill", "none")
            .attr("stroke", "currentColor")
            .attr("stroke-width", "1.8")
            .attr("stroke-linecap", "round")
            .attr("stroke-linejoin", "round")
            .attr("aria-hidden", "true")
            .inner_html(self.data().data)
            .into_any()
    }
}
