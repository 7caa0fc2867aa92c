//! What can be known of a registration before anything is stored: whether its address, password and name can be used.

use schemas::wire::Registration;

use crate::{Error, Result};

/// The longest address, in bytes: RFC 5321, section 4.5.3.1.3.
const MAX_EMAIL_BYTES: usize = 254;

/// The longest name, in characters.
const MAX_NAME: usize = 200;

/// Lengths of passwords in characters.
const PASSWORD_LENGTHS: std::ops::RangeInclusive<usize> = 12..=128;

/// The address in the form in which it is compared; `None` when it cannot be one.
pub fn address(email: &str) -> Option<String> {
    let email = email.trim().to_lowercase();
    let (local, domain) = email.split_once('@')?;
    let plain = |letter: char| !letter.is_whitespace() && !letter.is_control() && letter != '@';
    let good = email.len() <= MAX_EMAIL_BYTES
        && !local.is_empty()
        && local.chars().all(plain)
        && domain.split('.').count() >= 2
        && domain.split('.').all(|label| !label.is_empty() && label.chars().all(|l| l.is_alphanumeric() || l == '-'));
    good.then_some(email)
}

/// The address of a registration whose parts can all be used, in the form in which it is compared.
///
/// # Errors
/// `Invalid` for an address, a password or a name that cannot be used.
pub fn check(registration: &Registration) -> Result<String> {
    let email = address(&registration.email).ok_or_else(|| Error::invalid("the e-mail address cannot be used"))?;
    check_password(&registration.password)?;
    if registration.name.chars().count() > MAX_NAME {
        return Err(Error::invalid(format!("the name is longer than {MAX_NAME} characters")));
    }
    Ok(email)
}

/// Whether a password can be used.
///
/// # Errors
/// `Invalid` for one that is too short or too long.
pub fn check_password(password: &str) -> Result<()> {
    if PASSWORD_LENGTHS.contains(&password.chars().count()) {
        return Ok(());
    }
    let (shortest, longest) = (PASSWORD_LENGTHS.start(), PASSWORD_LENGTHS.end());
    Err(Error::invalid(format!("a password has {shortest} to {longest} characters")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_compared_without_case_and_refused_when_it_is_none() {
        assert_eq!(address(" Ada@Example.COM ").as_deref(), Some("ada@example.com"));
        for none in ["", "ada", "@example.com", "ada@", "ada@example", "ada@@example.com", "a da@example.com", "a@b..c"]
        {
            assert_eq!(address(none), None, "{none:?}");
        }
        assert_eq!(address(&format!("{}@example.com", "x".repeat(300))), None);
    }

    #[test]
    fn length_of_a_password_is_counted_in_characters() {
        assert!(check_password(&"é".repeat(12)).is_ok());
        assert!(check_password(&"é".repeat(11)).is_err());
        assert!(check_password(&"x".repeat(129)).is_err());
    }

    #[test]
    fn a_name_may_be_missing_but_not_endless() {
        let named = |name: String| Registration {
            email: "ada@example.com".to_owned(),
            password: "correct horse battery".to_owned(),
            name,
        };
        assert_eq!(check(&named(String::new())).expect("a registration"), "ada@example.com");
        assert!(check(&named("x".repeat(201))).is_err());
    }
}
