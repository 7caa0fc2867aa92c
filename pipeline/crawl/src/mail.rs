//! Mails that people receive from job boards: what of them is kept, and which source reads them.

use schemas::Micros;

/// A mail as sources read it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mail {
    /// The sender's address, in lower case.
    pub from: String,
    /// The subject, decoded.
    pub subject: String,
    /// When it was sent; relative dates count from it.
    pub date: Option<Micros>,
    /// The HTML part, decoded; empty when there is none.
    pub html: String,
    /// The plain part, decoded; empty when there is none.
    pub text: String,
}

/// `body` as a mail, or nothing when it is none.
pub fn parse(body: &[u8]) -> Option<Mail> {
    let _ = body;
    None
}
