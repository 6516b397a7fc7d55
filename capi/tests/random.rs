//! Random arguments do no harm at the boundary, nor does what they lead to.

use proptest::prelude::*;

use crate::drive::drive;

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_called_with_whatever_arguments_a_code_goes_back(bytes in prop::collection::vec(any::<u8>(), 0..1500)) {
        drive(&bytes);
    }
}
