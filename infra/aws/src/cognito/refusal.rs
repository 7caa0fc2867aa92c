//! From Cognito's refusals to ours. What it tells apart about people is told to nobody.

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use pipeline_core::Error;

use crate::failure::failed;

/// A failure of an operation of Cognito's.
pub(super) type Failure<E> = SdkError<E, HttpResponse>;

/// What was asked for when Cognito refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    Registration,
    Confirmation,
    Login,
    Answer,
    Refresh,
    Logout,
}

impl Asked {
    fn failed(self) -> &'static str {
        match self {
            Self::Registration => "cannot register a person with Cognito",
            Self::Confirmation => "cannot confirm an address with Cognito",
            Self::Login => "cannot log in with Cognito",
            Self::Answer => "cannot answer a challenge of Cognito",
            Self::Refresh => "cannot refresh a session with Cognito",
            Self::Logout => "cannot log out of Cognito",
        }
    }
}

/// What the refusal of `asked` is for us.
pub(super) fn refusal<E>(asked: Asked, error: Failure<E>) -> Error
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    let known = {
        let service = error.as_service_error();
        let code = service.and_then(ProvideErrorMetadata::code).unwrap_or_default();
        let message = service.and_then(ProvideErrorMetadata::message).unwrap_or_default();
        of_the_client(code, message).or_else(|| of_a_person(asked, code))
    };
    known.unwrap_or_else(|| failed(asked.failed(), error))
}

/// Refusals that are about the app client or about how often it asks, whoever the person is.
fn of_the_client(code: &str, message: &str) -> Option<Error> {
    let message = message.to_lowercase();
    match code {
        "TooManyRequestsException" | "LimitExceededException" | "TooManyFailedAttemptsException" => Some(patience()),
        "NotAuthorizedException" if message.contains("attempts exceeded") => Some(patience()),
        "NotAuthorizedException" if message.contains("secret hash") || message.contains("secret_hash") => {
            Some(Error::config("Cognito refuses the secret of the app client").hint(
                "put the client's secret, if it has one, into WAYPOST_SECRET_COGNITO_CLIENT_SECRET; \
                 `aws cognito-idp describe-user-pool-client` shows it",
            ))
        }
        "UnauthorizedException" => Some(Error::config("Cognito refuses the secret of the app client")),
        "ResourceNotFoundException" => Some(
            Error::config("the user pool has no such app client")
                .hint("`aws cognito-idp list-user-pool-clients --user-pool-id POOL` lists them"),
        ),
        "InvalidParameterException" if message.contains("email alias") => Some(
            Error::config("the user pool takes addresses as aliases only")
                .hint("make a pool with `aws cognito-idp create-user-pool --username-attributes email`"),
        ),
        "UnsupportedOperationException" => Some(
            Error::config("the app client does not let refresh tokens be revoked or exchanged")
                .hint("`aws cognito-idp update-user-pool-client --enable-token-revocation`, with its other settings"),
        ),
        "InvalidParameterException" if message.contains("not enabled") => {
            Some(Error::config("the app client does not allow logins with a password, or their refresh").hint(
                "`aws cognito-idp update-user-pool-client --user-pool-id POOL --client-id CLIENT --explicit-auth-flows \
                 ALLOW_USER_PASSWORD_AUTH ALLOW_REFRESH_TOKEN_AUTH`, with the client's other settings, which it resets",
            ))
        }
        _ => None,
    }
}

/// Refusals that are about a person.
fn of_a_person(asked: Asked, code: &str) -> Option<Error> {
    let refused = match (asked, code) {
        (Asked::Registration, "UsernameExistsException" | "AliasExistsException") => {
            Error::conflict("the e-mail address is taken")
        }
        (
            Asked::Registration | Asked::Answer,
            "InvalidPasswordException" | "PasswordHistoryPolicyViolationException",
        ) => Error::invalid("the password does not meet the rules of the user pool"),
        (
            Asked::Registration,
            "InvalidParameterException" | "UserLambdaValidationException" | "NotAuthorizedException",
        ) => Error::invalid("the user pool does not accept this registration"),
        (Asked::Confirmation, code) if is_about_a_person(code) => wrong_code(),
        // Cognito says so only to who knows the password.
        (Asked::Login | Asked::Answer, "UserNotConfirmedException") => {
            Error::unauthenticated("the e-mail address is not confirmed")
                .hint("POST /auth/confirm takes the code that was sent to it")
        }
        (Asked::Login, code) if is_about_a_person(code) => wrong_login(),
        (Asked::Answer, code) if is_about_a_person(code) => wrong_answer(),
        (Asked::Refresh, code) if is_about_a_person(code) => wrong_token(),
        _ => return None,
    };
    Some(refused)
}

fn is_about_a_person(code: &str) -> bool {
    matches!(
        code,
        "NotAuthorizedException"
            | "UserNotFoundException"
            | "UserNotConfirmedException"
            | "PasswordResetRequiredException"
            | "CodeMismatchException"
            | "ExpiredCodeException"
            | "AliasExistsException"
            | "InvalidParameterException"
            | "InvalidPasswordException"
            | "MFAMethodNotFoundException"
            | "SoftwareTokenMFANotFoundException"
            | "RefreshTokenReuseException"
            | "UserLambdaValidationException"
    )
}

pub(super) fn wrong_login() -> Error {
    Error::unauthenticated("the e-mail address or the password is wrong")
}

pub(super) fn wrong_code() -> Error {
    Error::invalid("the code is wrong or expired")
}

pub(super) fn wrong_answer() -> Error {
    Error::unauthenticated("the answer is wrong or too late").hint("log in again")
}

pub(super) fn wrong_token() -> Error {
    Error::unauthenticated("the refresh token is unknown, used or expired")
}

fn patience() -> Error {
    Error::throttled("Cognito asks for patience").hint("wait 15 minutes")
}

#[cfg(test)]
mod tests {
    use super::*;
    use pipeline_core::ErrorKind::{Config, Invalid, Throttled, Unauthenticated};

    fn kind(asked: Asked, code: &str, message: &str) -> Option<pipeline_core::ErrorKind> {
        of_the_client(code, message).or_else(|| of_a_person(asked, code)).map(|error| error.kind())
    }

    #[test]
    fn what_cognito_tells_apart_about_people_reads_the_same() {
        let told = ["NotAuthorizedException", "UserNotFoundException", "PasswordResetRequiredException"]
            .map(|code| of_a_person(Asked::Login, code).unwrap());
        for error in &told {
            assert_eq!((error.kind(), error.chain(), error.hint_text()), (Unauthenticated, told[0].chain(), None));
        }
        let told = ["CodeMismatchException", "ExpiredCodeException", "UserNotFoundException", "NotAuthorizedException"]
            .map(|code| of_a_person(Asked::Confirmation, code).unwrap());
        for error in &told {
            assert_eq!((error.kind(), error.chain()), (Invalid, told[0].chain()));
        }
    }

    #[test]
    fn its_own_lockout_and_its_limits_are_throttling() {
        let lockout = "Password attempts exceeded";
        assert_eq!(kind(Asked::Login, "NotAuthorizedException", lockout), Some(Throttled));
        for code in ["TooManyRequestsException", "LimitExceededException", "TooManyFailedAttemptsException"] {
            assert_eq!(kind(Asked::Confirmation, code, ""), Some(Throttled), "{code}");
        }
    }

    #[test]
    fn a_client_that_is_set_up_wrongly_is_nobodys_wrong_password() {
        for (code, message) in [
            ("NotAuthorizedException", "Unable to verify secret hash for client 4client"),
            ("NotAuthorizedException", "Client 4client is configured with secret but SECRET_HASH was not received"),
            ("ResourceNotFoundException", "User pool client 4client does not exist."),
            ("InvalidParameterException", "USER_PASSWORD_AUTH flow not enabled for this client"),
        ] {
            assert_eq!(kind(Asked::Login, code, message), Some(Config), "{message}");
        }
        assert_eq!(kind(Asked::Login, "InternalErrorException", ""), None, "that is a failure, not a refusal");
    }
}
