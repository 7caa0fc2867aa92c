//! Eligibility: what is known to rule a person out, whatever the score.

use crate::criteria::place::{Nearness, allowed, nearness};
use crate::profile::{Prepared, WorkStyle};
use crate::rubric::Evidence;
use crate::vacancy::Vacancy;

/// Why a person cannot take a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exclusion {
    /// The posting names the countries that a remote worker must live in, and the person's is not one of them.
    CountryNotAllowed,
    /// The work is done, wholly or partly, at a place in another country.
    OnsiteElsewhere,
}

impl Exclusion {
    /// What rules the person out; `None` when nothing known does. Unknown countries or styles rule nobody out.
    pub(crate) fn of(prepared: &Prepared, vacancy: &Vacancy) -> Option<Self> {
        if allowed(prepared, vacancy) == Some(false) {
            return Some(Self::CountryNotAllowed);
        }
        let at_place = matches!(vacancy.style, Some(WorkStyle::Onsite | WorkStyle::Hybrid));
        (at_place && nearness(prepared, vacancy) == Nearness::OtherCountry).then_some(Self::OnsiteElsewhere)
    }

    /// One short sentence.
    pub(crate) fn reason(self, vacancy: &Vacancy) -> String {
        match self {
            Self::CountryNotAllowed => format!("Workers must live in {}.", vacancy.remote_countries.join(", ")),
            Self::OnsiteElsewhere if vacancy.style == Some(WorkStyle::Hybrid) => {
                "Hybrid in another country.".to_owned()
            }
            Self::OnsiteElsewhere => "Onsite in another country.".to_owned(),
        }
    }

    /// The words of both sides that it rests on.
    pub(crate) fn evidence(self, prepared: &Prepared, vacancy: &Vacancy) -> Evidence {
        let claim = format!("not eligible: {}", self.reason(vacancy));
        let (field, quote) = match self {
            Self::CountryNotAllowed => ("remote_countries", vacancy.remote_countries.first().map(String::as_str)),
            Self::OnsiteElsewhere if vacancy.location.is_some() => ("place_text", vacancy.location),
            Self::OnsiteElsewhere => ("country", vacancy.country),
        };
        Evidence::new(claim, &prepared.location, field, quote.unwrap_or_default())
    }
}
