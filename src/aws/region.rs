//! Names of AWS regions, by their form: a new region needs no new release.

/// Whether a label has the form of a region's name, such as `eu-west-1`, `us-gov-west-1` or `ap-southeast-2`.
pub fn is_region(label: &str) -> bool {
    let parts: Vec<&str> = label.split('-').collect();
    let letters = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase());
    let Some((number, words)) = parts.split_last() else { return false };
    (2..=3).contains(&words.len())
        && words[0].len() <= 4
        && words.iter().all(|word| letters(word))
        && number.len() == 1
        && number.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::is_region;

    #[test]
    fn regions_have_a_form() {
        for region in ["us-east-1", "ap-southeast-5", "us-gov-west-1", "cn-northwest-1", "eusc-de-east-1", "mx-central-1", "us-iso-east-1"]
        {
            assert!(is_region(region), "{region}");
        }
        for other in ["oregon", "us-undefined", "compute-1", "us-west", "", "us-east-1a", "undefined"] {
            assert!(!is_region(other), "{other}");
        }
    }
}
