//! The regions of AWS, their partitions, and what their age means for S3. Never guesses: an unknown name stays unknown.

use serde::{Deserialize, Serialize};

use Partition::{Aws, China, GovCloud, Iso, IsoB, IsoE, IsoF, Sovereign};
use Redirect::{Refused, Temporary};
use Sureness::{Documented, Inferred, Recorded, Reported};
use Trait::{DashHost, DashWebsite, Fips, SigV2};

/// A part of AWS with accounts, regions and host names of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Partition {
    /// The commercial regions.
    Aws,
    /// China.
    China,
    /// AWS `GovCloud` (US).
    GovCloud,
    /// AWS European Sovereign Cloud.
    Sovereign,
    /// US ISO.
    Iso,
    /// US ISOB.
    IsoB,
    /// EU ISOE.
    IsoE,
    /// US ISOF.
    IsoF,
}

/// How S3 sends a request on that reached another region than the bucket's.
/// Source: S3 User Guide, "Making requests: request redirection".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Redirect {
    /// Regions launched up to 2019-03-20: a 307 to the bucket's region while the name is fresh.
    Temporary,
    /// Later regions: status 400 with the bucket's region in the message.
    Refused,
}

/// How well a fact is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sureness {
    /// Recorded against AWS.
    Recorded,
    /// In the documentation of AWS.
    Documented,
    /// A raw answer that a user published.
    Reported,
    /// Follows from the rest, not seen.
    Inferred,
}

/// What only some regions have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trait {
    DashHost,
    DashWebsite,
    Fips,
    SigV2,
}

/// A region of AWS.
#[derive(Debug, PartialEq, Eq)]
pub struct Region {
    /// `us-west-2`.
    pub name: &'static str,
    /// Where it belongs.
    pub partition: Partition,
    /// `US West (Oregon)`.
    pub title: &'static str,
    /// What a request for one of its buckets gets elsewhere.
    pub redirect: Redirect,
    /// How well that is known.
    pub redirect_sureness: Sureness,
    traits: &'static [Trait],
}

const fn row(
    name: &'static str,
    partition: Partition,
    title: &'static str,
    redirect: Redirect,
    redirect_sureness: Sureness,
    traits: &'static [Trait],
) -> Region {
    Region { name, partition, title, redirect, redirect_sureness, traits }
}

#[rustfmt::skip]
static REGIONS: &[Region] = &[
    row("us-east-1", Aws, "US East (N. Virginia)", Temporary, Documented, &[DashWebsite, Fips, SigV2]),
    row("eu-west-1", Aws, "Europe (Ireland)", Temporary, Documented, &[DashHost, DashWebsite, SigV2]),
    row("us-west-1", Aws, "US West (N. California)", Temporary, Documented, &[DashHost, DashWebsite, Fips, SigV2]),
    row("ap-southeast-1", Aws, "Asia Pacific (Singapore)", Temporary, Documented, &[DashHost, DashWebsite, SigV2]),
    row("ap-northeast-1", Aws, "Asia Pacific (Tokyo)", Temporary, Documented, &[DashHost, DashWebsite, SigV2]),
    row("us-west-2", Aws, "US West (Oregon)", Temporary, Recorded, &[DashHost, DashWebsite, Fips, SigV2]),
    row("sa-east-1", Aws, "South America (Sao Paulo)", Temporary, Documented, &[DashHost, DashWebsite, SigV2]),
    row("ap-southeast-2", Aws, "Asia Pacific (Sydney)", Temporary, Documented, &[DashHost, DashWebsite, SigV2]),
    row("eu-central-1", Aws, "Europe (Frankfurt)", Temporary, Reported, &[DashHost]),
    row("ap-northeast-2", Aws, "Asia Pacific (Seoul)", Temporary, Documented, &[DashHost]),
    row("ap-south-1", Aws, "Asia Pacific (Mumbai)", Temporary, Documented, &[DashHost]),
    row("us-east-2", Aws, "US East (Ohio)", Temporary, Documented, &[DashHost, Fips]),
    row("ca-central-1", Aws, "Canada (Central)", Temporary, Documented, &[DashHost, Fips]),
    row("eu-west-2", Aws, "Europe (London)", Temporary, Documented, &[DashHost]),
    row("eu-west-3", Aws, "Europe (Paris)", Temporary, Documented, &[DashHost]),
    row("ap-northeast-3", Aws, "Asia Pacific (Osaka)", Temporary, Inferred, &[DashHost]),
    row("eu-north-1", Aws, "Europe (Stockholm)", Temporary, Documented, &[DashHost]),
    row("ap-east-1", Aws, "Asia Pacific (Hong Kong)", Refused, Reported, &[DashHost]),
    row("me-south-1", Aws, "Middle East (Bahrain)", Refused, Reported, &[DashHost]),
    row("af-south-1", Aws, "Africa (Cape Town)", Refused, Reported, &[]),
    row("eu-south-1", Aws, "Europe (Milan)", Refused, Reported, &[]),
    row("ap-southeast-3", Aws, "Asia Pacific (Jakarta)", Refused, Documented, &[]),
    row("me-central-1", Aws, "Middle East (UAE)", Refused, Documented, &[]),
    row("eu-central-2", Aws, "Europe (Zurich)", Refused, Documented, &[]),
    row("eu-south-2", Aws, "Europe (Spain)", Refused, Documented, &[]),
    row("ap-south-2", Aws, "Asia Pacific (Hyderabad)", Refused, Reported, &[]),
    row("ap-southeast-4", Aws, "Asia Pacific (Melbourne)", Refused, Documented, &[]),
    row("il-central-1", Aws, "Israel (Tel Aviv)", Refused, Documented, &[]),
    row("ca-west-1", Aws, "Canada West (Calgary)", Refused, Documented, &[Fips]),
    row("ap-southeast-5", Aws, "Asia Pacific (Malaysia)", Refused, Documented, &[]),
    row("ap-southeast-7", Aws, "Asia Pacific (Thailand)", Refused, Documented, &[]),
    row("mx-central-1", Aws, "Mexico (Central)", Refused, Documented, &[]),
    row("ap-east-2", Aws, "Asia Pacific (Taipei)", Refused, Documented, &[]),
    row("ap-southeast-6", Aws, "Asia Pacific (New Zealand)", Refused, Documented, &[]),
    row("cn-north-1", China, "China (Beijing)", Temporary, Inferred, &[]),
    row("cn-northwest-1", China, "China (Ningxia)", Temporary, Inferred, &[]),
    row("us-gov-west-1", GovCloud, "AWS GovCloud (US-West)", Temporary, Inferred, &[DashHost, DashWebsite, Fips, SigV2]),
    row("us-gov-east-1", GovCloud, "AWS GovCloud (US-East)", Temporary, Inferred, &[DashHost, Fips, SigV2]),
    row("eusc-de-east-1", Sovereign, "AWS European Sovereign Cloud (Germany)", Refused, Inferred, &[]),
    row("us-iso-east-1", Iso, "US ISO East", Temporary, Inferred, &[Fips]),
    row("us-iso-west-1", Iso, "US ISO WEST", Refused, Inferred, &[Fips]),
    row("us-isob-east-1", IsoB, "US ISOB East (Ohio)", Temporary, Inferred, &[Fips]),
    row("us-isob-west-1", IsoB, "US ISOB West", Refused, Inferred, &[]),
    row("eu-isoe-west-1", IsoE, "EU ISOE West", Refused, Inferred, &[]),
    row("us-isof-east-1", IsoF, "US ISOF EAST", Refused, Inferred, &[]),
    row("us-isof-south-1", IsoF, "US ISOF SOUTH", Refused, Inferred, &[]),
];

/// Names that people use for a region, besides the place in its title; letters only.
static PLACES: &[(&str, &str)] = &[
    ("usstandard", "us-east-1"),
    ("virginia", "us-east-1"),
    ("northernvirginia", "us-east-1"),
    ("california", "us-west-1"),
    ("northerncalifornia", "us-west-1"),
    ("eu", "eu-west-1"),
    ("dublin", "eu-west-1"),
    ("germany", "eu-central-1"),
    ("france", "eu-west-3"),
    ("sweden", "eu-north-1"),
    ("canada", "ca-central-1"),
    ("montreal", "ca-central-1"),
    ("brazil", "sa-east-1"),
    ("korea", "ap-northeast-2"),
    ("india", "ap-south-1"),
    ("switzerland", "eu-central-2"),
    ("mexico", "mx-central-1"),
];

impl Partition {
    /// Every partition, those with the longer suffix first.
    pub const ALL: [Self; 8] = [China, Aws, Sovereign, Iso, IsoB, IsoE, IsoF, GovCloud];

    /// The end of its host names.
    pub fn dns_suffix(self) -> &'static str {
        match self {
            Aws | GovCloud => "amazonaws.com",
            China => "amazonaws.com.cn",
            Sovereign => "amazonaws.eu",
            Iso => "c2s.ic.gov",
            IsoB => "sc2s.sgov.gov",
            IsoE => "cloud.adc-e.uk",
            IsoF => "csp.hci.ic.gov",
        }
    }

    /// The partition whose suffix a host has, and the host without it. `GovCloud` shares the commercial suffix: there only
    /// the region tells, see [`Partition::with_region`].
    pub fn strip_suffix(host: &str) -> Option<(Self, &str)> {
        Self::ALL.into_iter().find_map(|p| Some((p, host.strip_suffix(p.dns_suffix())?.strip_suffix('.')?)))
    }

    /// The partition of a known region that shares this suffix, else this one.
    #[must_use]
    pub fn with_region(self, region: Option<&str>) -> Self {
        region.and_then(find).map(|r| r.partition).filter(|p| p.dns_suffix() == self.dns_suffix()).unwrap_or(self)
    }
}

impl Region {
    /// Whether `s3-REGION.amazonaws.com` exists.
    pub fn has_dash_host(&self) -> bool {
        self.has(DashHost)
    }

    /// Whether its website endpoint is `s3-website-REGION`, not `s3-website.REGION`.
    pub fn has_dash_website(&self) -> bool {
        self.has(DashWebsite)
    }

    /// Whether it has FIPS endpoints for S3.
    pub fn has_fips(&self) -> bool {
        self.has(Fips)
    }

    /// Whether signature version 2 is listed for it.
    pub fn takes_sigv2(&self) -> bool {
        self.has(SigV2)
    }

    /// The place in the title, such as `Oregon`.
    pub fn place(&self) -> &'static str {
        self.title.split_once('(').and_then(|(_, rest)| rest.split_once(')')).map_or(self.title, |(place, _)| place)
    }

    fn has(&self, it: Trait) -> bool {
        self.traits.contains(&it)
    }
}

/// Every region.
pub fn all() -> &'static [Region] {
    REGIONS
}

/// A region by its exact name.
pub fn find(name: &str) -> Option<&'static Region> {
    REGIONS.iter().find(|r| r.name == name)
}

/// Whether a text has the shape of a region name, known or not: `us-east-9`, `eu-isoe-west-1`.
pub fn is_region(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [area, middle @ .., number] = parts.as_slice() else { return false };
    let letters = |s: &&str| !s.is_empty() && s.len() <= 12 && s.bytes().all(|c| c.is_ascii_lowercase());
    (2..=4).contains(&area.len())
        && letters(area)
        && (1..=2).contains(&middle.len())
        && middle.iter().all(letters)
        && (1..=2).contains(&number.len())
        && number.bytes().all(|c| c.is_ascii_digit())
}

/// The region that a wrong name probably means: a place (`oregon`), another spelling (`us_west_2`), an availability zone
/// (`us-west-2a`), or a slip of one or two letters. Nothing when two are equally near.
pub fn nearest(text: &str) -> Option<&'static Region> {
    let text: String = text.chars().take(64).collect::<String>().to_lowercase();
    if let Some(region) = find(&text) {
        return Some(region);
    }
    let squeeze = |s: &str| s.chars().filter(char::is_ascii_alphanumeric).collect::<String>();
    let squeezed = squeeze(&text);
    if squeezed.len() < 2 {
        return None;
    }
    let zone = squeezed.strip_suffix(|c: char| c.is_ascii_lowercase()).filter(|s| s.ends_with(|c: char| c.is_ascii_digit()));
    let spelled = |r: &&Region| squeeze(r.name) == squeezed || Some(squeeze(r.name).as_str()) == zone;
    let place = || PLACES.iter().find(|(place, _)| *place == squeezed).and_then(|(_, name)| find(name));
    let titled = || REGIONS.iter().find(|r| squeeze(&r.place().to_lowercase()) == squeezed);
    REGIONS.iter().find(spelled).or_else(place).or_else(titled).or_else(|| slip(&text))
}

/// The regions whose names begin with this text, as where the number at the end is missing.
pub fn beginning(text: &str) -> Vec<&'static str> {
    let dashed = format!("{}-", text.trim_end_matches('-'));
    let real = text.contains('-') && text.len() <= 24;
    let mut names: Vec<_> = REGIONS.iter().map(|region| region.name).filter(|name| real && name.starts_with(&dashed)).collect();
    names.sort_unstable();
    names
}

fn slip(text: &str) -> Option<&'static Region> {
    let mut near: Vec<(usize, &Region)> =
        REGIONS.iter().map(|r| (strsim::osa_distance(text, r.name), r)).filter(|(d, _)| *d <= 2).collect();
    near.sort_by_key(|(distance, _)| *distance);
    match near.as_slice() {
        [(best, region), rest @ ..] if rest.first().is_none_or(|(next, _)| next > best) => Some(region),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_without_its_number_may_be_several() {
        assert_eq!(beginning("eu-west"), ["eu-west-1", "eu-west-2", "eu-west-3"]);
        assert!(beginning("eu").is_empty() && beginning("moon-1").is_empty() && beginning("").is_empty());
    }

    #[test]
    fn every_region_is_region_one_and_is_found() {
        for region in all() {
            assert!(is_region(region.name), "{}", region.name);
            assert_eq!(find(region.name).map(|r| r.title), Some(region.title));
        }
        for text in ["oregon", "undefined", "us-east", "s3", "", "-1", "us--1", "US-EAST-1", "us-east-1a"] {
            assert!(!is_region(text), "{text}");
        }
    }

    #[test]
    fn names_the_region_that_was_meant() {
        for (given, meant) in [
            ("oregon", Some("us-west-2")),
            ("Ireland", Some("eu-west-1")),
            ("N. Virginia", Some("us-east-1")),
            ("frankfurt", Some("eu-central-1")),
            ("sao-paulo", Some("sa-east-1")),
            ("us_west_2", Some("us-west-2")),
            ("useast2", Some("us-east-2")),
            ("eu-west-1b", Some("eu-west-1")),
            ("us-wset-2", Some("us-west-2")),
            ("eu-cental-1", Some("eu-central-1")),
            ("us-east-9", None),
            ("undefined", None),
            ("", None),
        ] {
            assert_eq!(nearest(given).map(|r| r.name), meant, "{given}");
        }
    }

    #[test]
    fn the_longer_suffix_wins() {
        for (host, partition) in [
            ("s3.cn-north-1.amazonaws.com.cn", Some(China)),
            ("s3.us-west-2.amazonaws.com", Some(Aws)),
            ("s3.eusc-de-east-1.amazonaws.eu", Some(Sovereign)),
            ("amazonaws.com", None),
            ("notamazonaws.com", None),
        ] {
            assert_eq!(Partition::strip_suffix(host).map(|(p, _)| p), partition, "{host}");
        }
        assert_eq!(Aws.with_region(Some("us-gov-west-1")), GovCloud);
        assert_eq!(Aws.with_region(Some("cn-north-1")), Aws);
    }
}
