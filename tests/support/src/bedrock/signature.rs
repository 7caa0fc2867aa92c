//! Signature Version 4, checked as Bedrock checks it: computed once more from the request and compared.

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use hyper::HeaderMap;
use hyper::http::request::Parts;

use super::failure::Refusal;
use super::state::State;

/// How far the time of a request may be from the server's.
const SKEW: Duration = Duration::from_secs(300);
const SERVICE: &str = "bedrock";

/// What an `authorization` header says.
struct Claim<'a> {
    access_key: &'a str,
    day: &'a str,
    region: &'a str,
    service: &'a str,
    signed: Vec<&'a str>,
    signature: &'a str,
}

/// Whether `state`'s secret signed the request.
pub fn check(state: &State, parts: &Parts, body: &[u8]) -> Result<(), Refusal> {
    let authorization = text(&parts.headers, "authorization").ok_or_else(missing)?;
    let claim = read(authorization).ok_or_else(|| {
        Refusal::new(403, "IncompleteSignatureException", "Authorization header requires 'Credential' parameter.")
    })?;
    let date = text(&parts.headers, "x-amz-date").ok_or_else(missing)?;
    let time = time_of(date).ok_or_else(|| incomplete("Date must be in ISO-8601 'basic format'."))?;
    if claim.access_key != state.access_key {
        return Err(Refusal::new(
            403,
            "UnrecognizedClientException",
            "The security token included in the request is invalid.",
        ));
    }
    if claim.service != SERVICE || claim.region != state.region || !date.starts_with(claim.day) {
        return Err(invalid(format!(
            "Credential should be scoped to a valid region and correct service: '{SERVICE}'."
        )));
    }
    let now = SystemTime::now() + Duration::from_secs(state.ahead_s);
    let apart = now.duration_since(time).or_else(|_| time.duration_since(now)).unwrap_or(Duration::MAX);
    if apart > SKEW {
        return Err(invalid(format!("Signature expired: {date} is now more than 5 minutes away.")));
    }
    if !["host", "x-amz-date"].iter().all(|name| claim.signed.contains(name)) {
        return Err(invalid("The signed headers must include 'host' and 'x-amz-date'.".to_owned()));
    }
    if expected(state, parts, body, &claim, time)? != claim.signature {
        return Err(invalid(
            "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access \
             Key and signing method. Consult the service documentation for details."
                .to_owned(),
        ));
    }
    Ok(())
}

/// The signature that the request should have.
fn expected(state: &State, parts: &Parts, body: &[u8], claim: &Claim<'_>, time: SystemTime) -> Result<String, Refusal> {
    let identity = Credentials::new(&state.access_key, &state.secret, None, None, "stand-in").into();
    let params = v4::SigningParams::builder()
        .identity(&identity)
        .region(&state.region)
        .name(SERVICE)
        .time(time)
        .settings(SigningSettings::default())
        .build()
        .map_err(|error| incomplete(&error.to_string()))?
        .into();
    let host = text(&parts.headers, "host").unwrap_or_default();
    let uri = format!("http://{host}{}", parts.uri);
    // The signer adds these two itself.
    let own = ["host", "x-amz-date"];
    let names = claim.signed.iter().filter(|name| !own.contains(name));
    let headers = names.filter_map(|name| Some((*name, text(&parts.headers, name)?)));
    let request = SignableRequest::new(parts.method.as_str(), uri, headers, SignableBody::Bytes(body))
        .map_err(|error| incomplete(&error.to_string()))?;
    let (_, signature) = sign(request, &params).map_err(|error| incomplete(&error.to_string()))?.into_parts();
    Ok(signature)
}

/// Reads `AWS4-HMAC-SHA256 Credential=KEY/DAY/REGION/SERVICE/aws4_request, SignedHeaders=a;b, Signature=HEX`.
fn read(authorization: &str) -> Option<Claim<'_>> {
    let fields = authorization.strip_prefix("AWS4-HMAC-SHA256 ")?;
    let field = |name: &str| {
        fields.split(',').find_map(|field| field.trim().strip_prefix(name).and_then(|rest| rest.strip_prefix('=')))
    };
    let mut scope = field("Credential")?.split('/');
    Some(Claim {
        access_key: scope.next()?,
        day: scope.next()?,
        region: scope.next()?,
        service: scope.next()?,
        signed: field("SignedHeaders")?.split(';').collect(),
        signature: field("Signature")?,
    })
}

/// Reads `20261123T233000Z`.
fn time_of(date: &str) -> Option<SystemTime> {
    let number = |range: std::ops::Range<usize>| date.get(range)?.parse::<u64>().ok();
    if date.len() != 16 || date.as_bytes()[8] != b'T' || date.as_bytes()[15] != b'Z' {
        return None;
    }
    let seconds = number(9..11)? * 3_600 + number(11..13)? * 60 + number(13..15)?;
    let days = days_since_1970(number(0..4)?, number(4..6)?, number(6..8)?)?;
    Some(SystemTime::UNIX_EPOCH + Duration::from_secs(days * 86_400 + seconds))
}

/// Days from 1970-01-01 to a day of the Gregorian calendar.
fn days_since_1970(year: u64, month: u64, day: u64) -> Option<u64> {
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    // Years that begin in March have their leap day last.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year.checked_sub(1)?, month + 9) };
    let days = year * 365 + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1;
    days.checked_sub(719_468)
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

fn missing() -> Refusal {
    Refusal::new(403, "MissingAuthenticationTokenException", "Missing Authentication Token")
}

fn incomplete(message: &str) -> Refusal {
    Refusal::new(403, "IncompleteSignatureException", message)
}

fn invalid(message: String) -> Refusal {
    Refusal::new(403, "InvalidSignatureException", message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_read_to_the_second() {
        let time =
            time_of("20260229T000000Z").map(|time| time.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs());
        // 2026 has no leap day: the day after the 28th is the 1st of March.
        assert_eq!(time, Some(1_772_323_200));
        let time =
            time_of("20261123T233210Z").map(|time| time.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs());
        assert_eq!(time, Some(1_795_476_730));
        for broken in ["", "2026-11-23T23:32:10Z", "20261323T233210Z", "20261123T233210"] {
            assert_eq!(time_of(broken), None, "{broken}");
        }
    }
}
