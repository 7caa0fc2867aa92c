//! The ways in which a job source can misbehave, by name.

/// What a server does to whoever asks it for its postings at `/jobs`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Nothing wrong: six pages of five postings.
    Good,
    /// A few bytes of gzip that unpack to 1 GiB.
    GzipBomb,
    /// 809 bytes of brotli that unpack to 1 GiB.
    BrotliBomb,
    /// Zstandard that unpacks to 1 GiB.
    ZstdBomb,
    /// Packed bytes without end that unpack to nothing.
    EndlessNothing,
    /// Gzip within gzip.
    NestedEncodings,
    /// Called gzip, and is not.
    WrongEncoding,
    /// Announces more bytes than come.
    LengthTooLong,
    /// Announces fewer bytes than come.
    LengthTooShort,
    /// Announces two lengths.
    ContradictingLengths,
    /// Begins a body and never ends it.
    NoEnd,
    /// A byte now and then.
    SlowBody,
    /// A byte of the head now and then.
    SlowHead,
    /// Header fields without end.
    HeaderFlood,
    /// One header field of 8 MiB.
    HugeHeader,
    /// Every field many times, each differently.
    DuplicateHeaders,
    /// Chunks without end.
    EndlessChunks,
    /// A chunk whose size is no number.
    BadChunkSize,
    /// A chunk size with an extension without end.
    EndlessChunkSize,
    /// Interim answers without end.
    InformationalFlood,
    /// Each page leads to another new one.
    EndlessPages,
    /// Each page leads to itself.
    RepeatedCursor,
    /// Redirects in a circle.
    RedirectLoop,
    /// 300 redirects, each to a new address.
    RedirectChain,
    /// Redirects to a private address.
    RedirectToPrivate,
    /// Redirects to a file.
    RedirectToFile,
    /// Redirects to an address with a login.
    RedirectWithLogin,
    /// Bytes that are no UTF-8.
    InvalidUtf8,
    /// NUL bytes between and within the postings.
    NulBytes,
    /// 1 GiB of zeros.
    GigabyteOfZeros,
    /// JSON with a text of 1 GiB.
    GigabyteText,
    /// 100,000 arrays within each other.
    DeepJson,
    /// A page in place of JSON.
    HtmlForJson,
    /// JSON that breaks off.
    TruncatedJson,
    /// Fewer postings than announced.
    TruncatedListing,
    /// An error page with status 200.
    ErrorPage,
    /// 429 with a wait of 100 years.
    ThrottledForEver,
    /// 429 with a wait below zero.
    ThrottledNegative,
    /// 429 with a date that has passed.
    ThrottledUntilPast,
    /// 403 every other time.
    ForbiddenFlapping,
    /// 500, 502 or 503 every other time.
    ErrorFlapping,
    /// Rules of 1 GiB.
    RobotsGigabyte,
    /// Rules that cannot be had.
    RobotsError,
    /// Rules that forbid everything.
    RobotsForbid,
    /// Rules that redirect in a circle.
    RobotsLoop,
    /// A connection that is reset once it stands.
    Reset,
    /// A connection that nobody takes.
    NeverAccepts,
    /// 204 with a body.
    EmptyWithBody,
    /// 206 that nobody asked for.
    PartOnly,
    /// 304 that nobody asked for.
    NotModified,
    /// A body without any head.
    NoHead,
    /// Another protocol.
    NotHttp,
}

impl Kind {
    /// Every kind but the good one.
    pub const HOSTILE: &[Self] = &[
        Self::GzipBomb,
        Self::BrotliBomb,
        Self::ZstdBomb,
        Self::EndlessNothing,
        Self::NestedEncodings,
        Self::WrongEncoding,
        Self::LengthTooLong,
        Self::LengthTooShort,
        Self::ContradictingLengths,
        Self::NoEnd,
        Self::SlowBody,
        Self::SlowHead,
        Self::HeaderFlood,
        Self::HugeHeader,
        Self::DuplicateHeaders,
        Self::EndlessChunks,
        Self::BadChunkSize,
        Self::EndlessChunkSize,
        Self::InformationalFlood,
        Self::EndlessPages,
        Self::RepeatedCursor,
        Self::RedirectLoop,
        Self::RedirectChain,
        Self::RedirectToPrivate,
        Self::RedirectToFile,
        Self::RedirectWithLogin,
        Self::InvalidUtf8,
        Self::NulBytes,
        Self::GigabyteOfZeros,
        Self::GigabyteText,
        Self::DeepJson,
        Self::HtmlForJson,
        Self::TruncatedJson,
        Self::TruncatedListing,
        Self::ErrorPage,
        Self::ThrottledForEver,
        Self::ThrottledNegative,
        Self::ThrottledUntilPast,
        Self::ForbiddenFlapping,
        Self::ErrorFlapping,
        Self::RobotsGigabyte,
        Self::RobotsError,
        Self::RobotsForbid,
        Self::RobotsLoop,
        Self::Reset,
        Self::NeverAccepts,
        Self::EmptyWithBody,
        Self::PartOnly,
        Self::NotModified,
        Self::NoHead,
        Self::NotHttp,
    ];
}
