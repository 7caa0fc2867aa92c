//! Security clearances that a posting asks for.

use std::sync::LazyLock;

use serde::Serialize;

use super::Found;
use super::clauses::{Clauses, Phrases};

/// Which clearance, by the country that grants it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// US Top Secret with Sensitive Compartmented Information.
    TsSci,
    /// US Top Secret.
    TopSecret,
    /// US Secret.
    Secret,
    /// US public trust.
    PublicTrust,
    /// US Department of Energy Q.
    Q,
    /// UK developed vetting.
    Dv,
    /// UK security check.
    Sc,
    /// UK baseline standard.
    Bpss,
    /// Australian NV2.
    Nv2,
    /// Australian NV1.
    Nv1,
    /// Australian baseline.
    Baseline,
    /// One that is not named.
    Unnamed,
}

impl Kind {
    /// Its name in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::TsSci => "ts_sci",
            Self::TopSecret => "top_secret",
            Self::Secret => "secret",
            Self::PublicTrust => "public_trust",
            Self::Q => "q",
            Self::Dv => "dv",
            Self::Sc => "sc",
            Self::Bpss => "bpss",
            Self::Nv2 => "nv2",
            Self::Nv1 => "nv1",
            Self::Baseline => "baseline",
            Self::Unnamed => "unnamed",
        }
    }
}

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Need {
    /// It must be held.
    Required,
    /// It must be possible to get it.
    Eligible,
    /// It is nice to have.
    Preferred,
}

/// A clearance that is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Clearance {
    /// Which.
    pub kind: Kind,
    /// How.
    pub need: Need,
}

static CLEARANCES: LazyLock<Phrases<Kind>> = LazyLock::new(|| {
    Phrases::new(&[
        (
            Kind::TsSci,
            &[
                "ts sci",
                "top secret sci",
                "top secret sensitive compartmented",
                "sci clearance",
                "sci eligibility",
                "sci eligible",
                "top secret security clearance with sci",
            ],
        ),
        (Kind::TopSecret, &["top secret", "ts clearance"]),
        (
            Kind::Secret,
            &[
                "secret clearance",
                "secret security clearance",
                "secret level clearance",
                "secret level security clearance",
                "secret u s security clearance",
                "secret us security clearance",
                "dod secret",
            ],
        ),
        (Kind::PublicTrust, &["public trust"]),
        (Kind::Q, &["q clearance", "doe q"]),
        (Kind::Dv, &["dv clearance", "dv cleared", "developed vetting", "dv clearances"]),
        (Kind::Sc, &["sc clearance", "sc cleared", "sc level", "security check sc", "sc security clearance"]),
        (Kind::Bpss, &["bpss"]),
        (Kind::Nv2, &["nv2", "negative vetting 2", "negative vetting level 2"]),
        (Kind::Nv1, &["nv1", "negative vetting 1", "negative vetting level 1"]),
        (Kind::Baseline, &["baseline clearance", "baseline security clearance"]),
        (
            Kind::Unnamed,
            &[
                "security clearance",
                "security clearances",
                "government clearance",
                "dod clearance",
                "active clearance",
                "sicherheitsüberprüfung",
                "habilitation secret",
                "clearance required",
                "clearance eligibility",
                "security cleared",
            ],
        ),
    ])
});

/// The clearance that `clauses` ask for: a named one before an unnamed one, a required one before others.
pub(super) fn clearance(clauses: &Clauses<'_>, ground: &super::Ground<'_>) -> Option<Found<Clearance>> {
    let mut best: Option<(u8, Found<Clearance>)> = None;
    for (kind, range) in CLEARANCES.find(clauses) {
        let sentence = clauses.sentence(range.start, 20);
        let near = sentence.start.max(range.start.saturating_sub(12))..sentence.end.min(range.end + 10);
        let before = near.start..range.start;
        if clauses.has(before.clone(), &["no", "not", "customers", "without", "experience", "sponsored"])
            && !clauses.has(near.clone(), &["must", "required"])
        {
            continue;
        }
        // "top secret" alone may be a joke or a product.
        let named = clauses.has(
            near.clone(),
            &[
                "clearance",
                "clearances",
                "cleared",
                "clearable",
                "sci",
                "vetting",
                "vetted",
                "trust",
                "eligibility",
                "bpss",
                "nv1",
                "nv2",
                "sicherheitsüberprüfung",
                "habilitation",
            ],
        );
        if !named {
            continue;
        }
        let eligible = clauses.has(
            near.clone(),
            &[
                "obtain",
                "obtaining",
                "eligible",
                "eligibility",
                "ability",
                "able",
                "obtainable",
                "attain",
                "willing",
                "willingness",
                "undergo",
                "gain",
                "get",
                "acquire",
                "clearable",
                "qualify",
                "achieve",
                "earn",
                "obtained",
                "erhalten",
            ],
        );
        let held = clauses
            .has(near.clone(), &["active", "current", "currently", "possess", "hold", "held", "existing"])
            && !clauses.has(near.clone(), &["or"]);
        let preferred = ground.kind(clauses.span(range.clone()).0) == crate::sections::Kind::Preferred
            || clauses.has(
                near.clone(),
                &[
                    "preferred",
                    "plus",
                    "bonus",
                    "nice",
                    "desirable",
                    "desired",
                    "advantage",
                    "advantageous",
                    "preferable",
                    "ideally",
                ],
            ) && !clauses.has(near.clone(), &["required", "must"]);
        let need = if preferred {
            Need::Preferred
        } else if eligible && !held {
            Need::Eligible
        } else {
            Need::Required
        };
        let asks = need != Need::Required
            || held
            || clauses.has(
                near.clone(),
                &[
                    "required",
                    "requires",
                    "require",
                    "must",
                    "need",
                    "needed",
                    "requirement",
                    "clearance",
                    "cleared",
                    "minimum",
                    "with",
                    "have",
                ],
            );
        if !asks {
            continue;
        }
        let rank = u8::from(kind != Kind::Unnamed) * 2 + u8::from(need != Need::Preferred);
        let found = Found::in_text(Clearance { kind, need }, "clearance-phrase", clauses.span(near), 0.9);
        if best.as_ref().is_none_or(|(best, _)| rank > *best) {
            best = Some((rank, found));
        }
    }
    best.map(|(_, found)| found)
}
