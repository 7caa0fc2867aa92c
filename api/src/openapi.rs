//! The OpenAPI document: what every endpoint declares beside itself, and what all of them share.

use std::collections::BTreeMap;

use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder};
use utoipa::{Modify, OpenApi};

use crate::problem::MEDIA_TYPE;

/// Name of the security scheme of protected endpoints.
pub const BEARER: &str = "bearer";

/// The whole document.
pub fn document() -> utoipa::openapi::OpenApi {
    crate::endpoints::Declared::openapi()
}

/// Adds the security scheme.
pub struct Bearer;

impl Modify for Bearer {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
        document.components.get_or_insert_default().add_security_scheme(BEARER, SecurityScheme::Http(scheme));
    }
}

/// Declares a set of refusals by status, for the `responses` of endpoints.
macro_rules! refusals {
    ($( #[doc = $doc:literal] $name:ident { $( $status:literal => $why:literal, )+ } )+) => {
        $(
            #[doc = $doc]
            pub struct $name;

            impl utoipa::IntoResponses for $name {
                fn responses() -> $crate::openapi::Responses {
                    $crate::openapi::problems(&[$( ($status, $why) ),+])
                }
            }
        )+
    };
}

pub(crate) use refusals;

refusals! {
    /// What any endpoint may answer.
    Failures {
        500 => "Something failed that is not the caller's fault.",
        503 => "A backend is away or too many requests are being answered; the same request may succeed later.",
        504 => "It took too long.",
    }
    /// What an endpoint that takes a JSON body may answer besides.
    BodyRefusals {
        400 => "The body is not JSON.",
        413 => "The body is longer than 1 MiB.",
        415 => "The body is not declared as JSON.",
        422 => "A field of the body cannot be used; the detail names it.",
    }
    /// What an endpoint that needs a token may answer besides.
    TokenRefusals {
        401 => "There is no bearer token, or it does not hold.",
    }
}

/// Responses by status.
pub type Responses = BTreeMap<String, RefOr<Response>>;

/// Problem documents by status and description.
pub fn problems(refusals: &[(u16, &str)]) -> Responses {
    refusals.iter().map(|(status, why)| (status.to_string(), RefOr::T(problem(why)))).collect()
}

fn problem(description: &str) -> Response {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    ResponseBuilder::new().description(description).content(MEDIA_TYPE, content).build()
}
