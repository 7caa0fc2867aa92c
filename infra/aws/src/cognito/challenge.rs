//! What Cognito may ask for besides the password, as far as a code or a word answers it.

use aws_sdk_cognitoidentityprovider::types::ChallengeNameType;

/// The challenges, and the name under which Cognito wants the answer.
const CHALLENGES: &[(&str, &str)] = &[
    ("SOFTWARE_TOKEN_MFA", "SOFTWARE_TOKEN_MFA_CODE"),
    ("SMS_MFA", "SMS_MFA_CODE"),
    ("EMAIL_OTP", "EMAIL_OTP_CODE"),
    ("SELECT_MFA_TYPE", "ANSWER"),
    ("NEW_PASSWORD_REQUIRED", "NEW_PASSWORD"),
];

/// The challenge called `name` and the name of its answer; `None` for those that are not passed through.
pub(super) fn known(name: &str) -> Option<(ChallengeNameType, &'static str)> {
    let (name, answer) = CHALLENGES.iter().find(|(known, _)| *known == name)?;
    Some((ChallengeNameType::from(*name), answer))
}
