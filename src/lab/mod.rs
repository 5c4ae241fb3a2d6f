//! Plays failing worlds on loopback: DNS, TLS and HTTP from data files.
