//! What every form of Indeed means.
