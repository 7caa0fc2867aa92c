//! What is judged: a role, wherever it comes from, with its unknowns kept.

use pipeline_core::money::to_major;
use schemas::documents::IndexDocument;
use schemas::tables::RoleRow;

use crate::level::Level;
use crate::profile::WorkStyle;

/// A role as the rubric reads it.
#[derive(Clone, Debug)]
pub(crate) struct Vacancy<'a> {
    pub(crate) job_id: &'a str,
    pub(crate) title: &'a str,
    pub(crate) domain: Option<&'a str>,
    pub(crate) location: Option<&'a str>,
    pub(crate) city: Option<&'a str>,
    pub(crate) country: Option<&'a str>,
    pub(crate) places: &'a [String],
    pub(crate) style: Option<WorkStyle>,
    pub(crate) remote_countries: &'a [String],
    pub(crate) level_words: Option<&'a str>,
    pub(crate) skills: &'a [String],
    pub(crate) pay: Option<Pay<'a>>,
    pub(crate) excerpt: &'a str,
}

/// Yearly pay that the posting itself states.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pay<'a> {
    /// Highest amount in major units per year; the lowest where no highest is stated.
    pub(crate) amount: f64,
    pub(crate) currency: &'a str,
    pub(crate) quote: Option<&'a str>,
}

impl Vacancy<'_> {
    pub(crate) fn level(&self) -> Option<Level> {
        self.level_words.and_then(Level::stored)
    }
}

impl<'a> From<&'a RoleRow> for Vacancy<'a> {
    fn from(role: &'a RoleRow) -> Self {
        let amount = role.pay_annual_max_minor.or(role.pay_annual_min_minor);
        // Pay that a source guessed is nothing the employer said; it stays unknown here.
        let stated = amount.filter(|_| role.pay_predicted != Some(true)).zip(role.pay_currency.as_deref());
        Self {
            job_id: &role.posting_id,
            title: &role.title,
            domain: role.domain.as_deref(),
            location: role.place_text.as_deref(),
            city: role.city.as_deref(),
            country: role.country.as_deref(),
            places: &role.places,
            style: role.remote.as_deref().and_then(WorkStyle::stored),
            remote_countries: &role.remote_countries,
            level_words: role.level.as_deref(),
            skills: &role.skills,
            pay: stated.map(|(minor, currency)| Pay {
                amount: to_major(minor, currency),
                currency,
                quote: role.pay_quote.as_deref(),
            }),
            excerpt: &role.excerpt,
        }
    }
}

impl<'a> From<&'a IndexDocument> for Vacancy<'a> {
    fn from(job: &'a IndexDocument) -> Self {
        let named = job.work_style.as_deref().and_then(WorkStyle::stored);
        // "Not remote friendly" does not tell hybrid from onsite and therefore stays unknown.
        let style = named.or_else(|| (job.remote_friendly == Some(true)).then_some(WorkStyle::Remote));
        let amount = job.salary_max.or(job.salary_min).filter(|amount| amount.is_finite());
        Self {
            job_id: &job.job_id,
            title: &job.title,
            domain: job.domain.as_deref(),
            location: Some(job.location.as_str()).filter(|location| !location.is_empty()),
            city: job.city.as_deref(),
            country: job.country.as_deref(),
            places: &[],
            style,
            remote_countries: &job.remote_countries,
            level_words: job.level.as_deref(),
            skills: &job.tech_stack,
            pay: amount.zip(job.salary_currency.as_deref()).map(|(amount, currency)| Pay {
                amount,
                currency,
                quote: job.salary_quote.as_deref(),
            }),
            excerpt: &job.excerpt,
        }
    }
}
