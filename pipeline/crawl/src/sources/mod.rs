//! The job sources, one file each. To add one: write the file with its `SOURCE`, list it here and in [`ALL`], and give it a
//! sample folder in `data-samples/`.

mod address;
mod adzuna;
mod arbeitnow;
mod ashby;
mod bamboohr;
mod board;
mod breezy;
mod cards;
mod dice;
mod feed;
mod glassdoor;
mod greenhouse;
mod hackernews;
mod himalayas;
mod hosts;
mod icims;
mod indeed;
mod jobfeed;
mod jobicy;
mod jobposting;
mod jobvite;
mod json;
mod lever;
mod linkedin;
pub mod mapped;
pub mod mapping;
mod markup;
mod monster;
mod oracle;
mod pages;
mod personio;
mod pinpoint;
mod portal;
mod recruitee;
mod remoteok;
mod remotive;
mod rippling;
mod rows;
#[cfg(test)]
mod sample;
mod saved;
mod smartrecruiters;
mod teamtailor;
#[cfg(test)]
mod testing;
mod themuse;
mod usajobs;
mod weworkremotely;
mod workable;
mod workday;
mod xml;

use pipeline_core::source::{Source, Sources};

/// Every source, by name.
static ALL: &[&dyn Source] = &[
    &adzuna::SOURCE,
    &arbeitnow::SOURCE,
    &ashby::SOURCE,
    &bamboohr::SOURCE,
    &breezy::SOURCE,
    &dice::SOURCE,
    &feed::SOURCE,
    &glassdoor::SOURCE,
    &greenhouse::SOURCE,
    &hackernews::SOURCE,
    &himalayas::SOURCE,
    &icims::SOURCE,
    &indeed::SOURCE,
    &jobicy::SOURCE,
    &jobposting::SOURCE,
    &jobvite::SOURCE,
    &lever::SOURCE,
    &linkedin::SOURCE,
    &mapped::SOURCE,
    &monster::SOURCE,
    &oracle::SOURCE,
    &personio::SOURCE,
    &pinpoint::SOURCE,
    &recruitee::SOURCE,
    &remoteok::SOURCE,
    &remotive::SOURCE,
    &rippling::SOURCE,
    &smartrecruiters::SOURCE,
    &teamtailor::SOURCE,
    &themuse::SOURCE,
    &usajobs::SOURCE,
    &weworkremotely::SOURCE,
    &workable::SOURCE,
    &workday::SOURCE,
];

/// The sources that this build knows.
#[derive(Clone, Copy, Debug, Default)]
pub struct Registry;

impl Registry {
    /// Every source, for as long as the program runs.
    pub fn every() -> impl Iterator<Item = &'static dyn Source> {
        ALL.iter().copied()
    }

    /// The source called `name`, for as long as the program runs.
    pub fn find(name: &str) -> Option<&'static dyn Source> {
        ALL.iter().copied().find(|source| source.describe().name == name)
    }
}

impl Sources for Registry {
    fn named(&self, name: &str) -> Option<&dyn Source> {
        Self::find(name)
    }

    fn all(&self) -> Vec<&dyn Source> {
        ALL.iter().map(|source| *source as &dyn Source).collect()
    }
}
