//! Random numbers that a printed seed brings back.

use std::time::{Duration, SystemTime};

/// SplitMix64.
pub(crate) struct Random {
    state: u64,
}

impl Random {
    /// Seeded by `CRASH_SEED`, or by the clock. Prints the seed.
    pub(crate) fn seeded(what: &str) -> Random {
        let seed = match std::env::var("CRASH_SEED") {
            Ok(seed) => seed.parse().expect("CRASH_SEED is a number"),
            Err(_) => {
                let now = SystemTime::UNIX_EPOCH.elapsed().unwrap();
                u64::from(now.subsec_nanos()) ^ now.as_secs()
            }
        };
        println!("{what}: CRASH_SEED={seed}");
        Random { state: seed }
    }

    /// A moment of so long a time, all alike likely.
    pub(crate) fn moment_of(&mut self, whole: Duration) -> Duration {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^= mixed >> 31;
        whole.mul_f64((mixed >> 11) as f64 / (1_u64 << 53) as f64)
    }
}
