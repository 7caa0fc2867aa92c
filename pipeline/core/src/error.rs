//! The one error type: a kind, a sentence that names the object, its source, and hints as data.
//!
//! The kind decides whether to retry, the exit code and the HTTP status, each in one `match` below.

use std::error::Error as StdError;
use std::fmt;

/// The result of anything that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What kind of failure it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The command line or request asks for something that does not exist as such.
    Usage,
    /// The configuration cannot be used.
    Config,
    /// The named thing is not there.
    NotFound,
    /// What was given cannot be read as what it should be.
    Invalid,
    /// A condition on a write did not hold, or the thing is there already.
    Conflict,
    /// Who asks is not known.
    Unauthenticated,
    /// Who asks is known and may not.
    Denied,
    /// The other side asks for patience.
    Throttled,
    /// A backend or source is away.
    Unavailable,
    /// It took longer than it may.
    Timeout,
    /// Something is larger than it may be.
    TooLarge,
    /// The budget does not allow it.
    Budget,
    /// Another run holds the lease.
    Lease,
    /// Stopped on request; can be resumed.
    Interrupted,
    /// This backend cannot do it, by its nature.
    Unsupported,
    /// There was nothing to do.
    Nothing,
    /// A defect of Waypost or of something below it.
    Internal,
}

impl ErrorKind {
    /// Whether the same call may succeed later without anyone changing anything.
    pub fn retryable(self) -> bool {
        matches!(self, Self::Throttled | Self::Unavailable | Self::Timeout)
    }

    /// The exit code of a command that ends with it.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Internal | Self::Invalid | Self::Conflict | Self::Denied | Self::TooLarge | Self::Unsupported => 1,
            Self::Usage | Self::NotFound => 2,
            Self::Config | Self::Unauthenticated => 3,
            Self::Nothing => 4,
            Self::Budget => 6,
            Self::Lease => 7,
            Self::Throttled | Self::Unavailable | Self::Timeout => 8,
            Self::Interrupted => 130,
        }
    }

    /// The HTTP status of a response that tells it.
    pub fn http_status(self) -> u16 {
        match self {
            Self::Usage | Self::Invalid => 400,
            Self::Unauthenticated => 401,
            Self::Denied => 403,
            Self::NotFound | Self::Nothing => 404,
            Self::Conflict | Self::Lease => 409,
            Self::TooLarge => 413,
            Self::Throttled => 429,
            Self::Config | Self::Internal => 500,
            Self::Unsupported => 501,
            Self::Unavailable | Self::Interrupted | Self::Budget => 503,
            Self::Timeout => 504,
        }
    }

    /// Its name in problem documents and in the ledger.
    pub fn name(self) -> &'static str {
        match self {
            Self::Usage => "usage",
            Self::Config => "config",
            Self::NotFound => "not-found",
            Self::Invalid => "invalid",
            Self::Conflict => "conflict",
            Self::Unauthenticated => "unauthenticated",
            Self::Denied => "denied",
            Self::Throttled => "throttled",
            Self::Unavailable => "unavailable",
            Self::Timeout => "timeout",
            Self::TooLarge => "too-large",
            Self::Budget => "budget",
            Self::Lease => "lease",
            Self::Interrupted => "interrupted",
            Self::Unsupported => "unsupported",
            Self::Nothing => "nothing-to-do",
            Self::Internal => "internal",
        }
    }
}

/// A failure.
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    message: String,
    hint: Option<String>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Error {
    /// A failure of `kind`; `message` is a lower-case sentence that names the object.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner { kind, message: message.into(), hint: None, source: None }))
    }

    /// The same with what caused it; the message must not repeat the cause's text.
    #[must_use]
    pub fn because(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// The same with what would fix it, preferably a command.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    /// Its kind.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Its own sentence, without the causes.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// What would fix it.
    pub fn hint_text(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }

    /// The sentence and those of all causes, joined by `: `.
    pub fn chain(&self) -> String {
        let mut text = self.0.message.clone();
        let mut cause = StdError::source(self);
        while let Some(error) = cause {
            text.push_str(": ");
            text.push_str(&error.to_string());
            cause = error.source();
        }
        text
    }
}

macro_rules! constructors {
    ($($(#[doc = $doc:literal])? $name:ident => $kind:ident),+ $(,)?) => {
        impl Error {
            $( #[doc = concat!("A failure of kind [`ErrorKind::", stringify!($kind), "`].")]
            pub fn $name(message: impl Into<String>) -> Self {
                Self::new(ErrorKind::$kind, message)
            } )+
        }
    };
}

constructors!(
    usage => Usage,
    config => Config,
    not_found => NotFound,
    invalid => Invalid,
    conflict => Conflict,
    unauthenticated => Unauthenticated,
    denied => Denied,
    throttled => Throttled,
    unavailable => Unavailable,
    timeout => Timeout,
    too_large => TooLarge,
    unsupported => Unsupported,
    nothing => Nothing,
    internal => Internal,
);

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}({})", self.0.kind, self.chain())
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}

/// Gives any error a kind and a sentence.
pub trait Context<T> {
    /// On failure, an [`Error`] of `kind` with the sentence that `message` makes and this error as its cause.
    fn context<M: Into<String>>(self, kind: ErrorKind, message: impl FnOnce() -> M) -> Result<T>;
}

impl<T, E: Into<Box<dyn StdError + Send + Sync>>> Context<T> for std::result::Result<T, E> {
    fn context<M: Into<String>>(self, kind: ErrorKind, message: impl FnOnce() -> M) -> Result<T> {
        self.map_err(|error| Error::new(kind, message()).because(error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chain_tells_each_cause_once() {
        let cause = std::io::Error::other("disk on fire");
        let error = Error::internal("cannot write table roles").because(cause);
        assert_eq!(error.chain(), "cannot write table roles: disk on fire");
        assert_eq!(error.to_string(), "cannot write table roles");
    }
}
