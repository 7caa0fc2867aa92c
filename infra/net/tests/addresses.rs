//! The table of addresses that are public and that are not.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use infra_net::is_public;

const REFUSED: &[&str] = &[
    "0.0.0.0",
    "0.255.255.255",
    "10.0.0.0",
    "10.255.255.255",
    "100.64.0.0",
    "100.127.255.255",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.0.1",
    "192.168.255.255",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.7",
    "203.0.113.255",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::8.8.8.8",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:8.8.8.8",
    "::ffff:0:127.0.0.1",
    "64:ff9b::127.0.0.1",
    "64:ff9b::10.1.2.3",
    "64:ff9b::169.254.169.254",
    "64:ff9b:1::8.8.8.8",
    "100::1",
    "2001::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001:2::1",
    "2001:10::1",
    "2001:20::1",
    "2001:db8::1",
    "2002:7f00:1::1",
    "2002:a00:1::",
    "2002:c0a8:101::1",
    "2620:4f:8000::1",
    "3fff::1",
    "3fff:fff:ffff::1",
    "4000::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "febf::1",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
];

const PUBLIC: &[&str] = &[
    "1.1.1.1",
    "8.8.8.8",
    "9.255.255.255",
    "11.0.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "126.255.255.255",
    "128.0.0.1",
    "169.253.255.255",
    "169.255.0.1",
    "172.15.255.255",
    "172.32.0.0",
    "192.0.1.1",
    "192.167.255.255",
    "192.169.0.0",
    "198.17.255.255",
    "198.20.0.0",
    "223.255.255.255",
    "64:ff9b::8.8.8.8",
    "2001:200::1",
    "2001:4860:4860::8888",
    "2002:808:808::1",
    "2606:4700:4700::1111",
    "2a00:1450:4001:82a::200e",
    "3ffe:ffff::1",
];

#[test]
fn special_addresses_are_not_public_however_they_are_embedded() {
    for text in REFUSED {
        assert!(!is_public(text.parse().expect(text)), "{text} must be refused");
    }
}

#[test]
fn the_neighbours_of_special_blocks_are_public() {
    for text in PUBLIC {
        assert!(is_public(text.parse().expect(text)), "{text} must be allowed");
    }
}

/// IPv4 addresses spread over the whole space, the first and last of every 4096 among them.
fn spread() -> impl Iterator<Item = Ipv4Addr> {
    (0..1_u32 << 20).flat_map(|block| [block << 12, (block << 12) | 0xfff]).map(Ipv4Addr::from_bits)
}

#[test]
fn whatever_the_standard_library_calls_special_is_refused() {
    for address in spread() {
        let is_special = address.is_private()
            || address.is_loopback()
            || address.is_link_local()
            || address.is_broadcast()
            || address.is_documentation()
            || address.is_multicast()
            || address.is_unspecified();
        assert!(!(is_special && is_public(IpAddr::V4(address))), "{address}");
    }
}

#[test]
fn an_embedded_address_is_never_more_public_than_the_one_inside() {
    for address in spread() {
        let inside = is_public(IpAddr::V4(address));
        let bits = u128::from(address.to_bits());
        let nat64 = Ipv6Addr::from_bits((0x64_ff9b << 96) | bits);
        let six_to_four = Ipv6Addr::from_bits((0x2002 << 112) | (bits << 80) | 1);
        assert_eq!(is_public(IpAddr::V6(nat64)), inside, "{nat64}");
        assert_eq!(is_public(IpAddr::V6(six_to_four)), inside, "{six_to_four}");
        for local in [address.to_ipv6_mapped(), address.to_ipv6_compatible()] {
            assert!(!is_public(IpAddr::V6(local)), "{local}");
        }
    }
}
