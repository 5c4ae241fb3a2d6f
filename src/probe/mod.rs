//! Asks and records: the only part that touches the network. It knows no CORS header, no S3, no meaning.
