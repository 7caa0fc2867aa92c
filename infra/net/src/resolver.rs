//! Name resolution that yields only addresses that may be asked, so that no name leads into a private network.

use std::fmt;
use std::net::SocketAddr;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::target::Reach;

/// The system's resolver behind the address check. What it yields is what is connected to, so a name that changes its
/// address between a check and the connection gains nothing.
#[derive(Debug)]
pub(crate) struct CheckedResolver(pub(crate) Reach);

impl Resolve for CheckedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.0;
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            Ok(Box::new(allowed(reach, name.as_str(), found)?.into_iter()) as Addrs)
        })
    }
}

fn allowed(reach: Reach, name: &str, mut found: Vec<SocketAddr>) -> Result<Vec<SocketAddr>, NotPublic> {
    found.retain(|address| reach.allows(address.ip()));
    if found.is_empty() { Err(NotPublic(name.to_owned())) } else { Ok(found) }
}

/// A name that leads to no address on the public internet.
#[derive(Debug)]
pub(crate) struct NotPublic(String);

impl fmt::Display for NotPublic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} has no address on the public internet", self.0)
    }
}

impl std::error::Error for NotPublic {}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(list: &[&str]) -> Vec<SocketAddr> {
        list.iter().map(|text| SocketAddr::new(text.parse().expect("an address"), 0)).collect()
    }

    #[test]
    fn only_the_public_addresses_of_a_name_are_tried() {
        let found = addresses(&["10.0.0.1", "8.8.8.8", "::1", "2606:4700:4700::1111"]);
        let kept = allowed(Reach::Public, "example.com", found).expect("two are public");
        assert_eq!(kept, addresses(&["8.8.8.8", "2606:4700:4700::1111"]));
    }

    #[test]
    fn a_name_with_private_addresses_only_is_refused_by_name() {
        let error = allowed(Reach::Public, "inside.example.com", addresses(&["192.168.1.1", "fd00::1"]));
        assert_eq!(
            error.expect_err("none is public").to_string(),
            "inside.example.com has no address on the public internet"
        );
    }

    #[tokio::test]
    async fn localhost_is_not_public_however_it_is_written() {
        for name in ["localhost", "LOCALHOST", "localhost."] {
            let parsed = name.parse().expect("a name");
            let Err(error) = CheckedResolver(Reach::Public).resolve(parsed).await else { panic!("{name} is refused") };
            assert!(error.is::<NotPublic>() || name.ends_with('.'), "{name}: {error}");
        }
    }

    #[test]
    fn a_name_that_changes_its_address_is_judged_each_time() {
        // A name is looked up once for each connection, and only what was judged then is connected to.
        let answers = [&["8.8.8.8"][..], &["127.0.0.1"], &["8.8.8.8", "169.254.169.254"]].map(addresses);
        let kept = answers.map(|found| allowed(Reach::Public, "rebound.example.com", found).unwrap_or_default());
        assert_eq!(kept, [addresses(&["8.8.8.8"]), Vec::new(), addresses(&["8.8.8.8"])]);
    }
}
