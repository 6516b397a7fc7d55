//! The order of services: whoever needs another one stops before it and starts after it (RM-SHUT-40).

use alloc::vec::Vec;

use crate::application::Description;

/// For each, how long the longest chain of others is that need it: 0 for what nobody needs. What is
/// no service is needed by none.
pub(in crate::operation) fn ranks(all: &[&Description]) -> Vec<u8> {
    let mut ranks = alloc::vec![0_u8; all.len()];
    let services = || all.iter().enumerate().filter(|(_, about)| about.service.is_some());
    // Each round reaches one further along a chain. A circle would go round for ever; services that
    // need each other cannot be, so any order will do for them.
    for _ in services() {
        let above = |needed: &Description| {
            let needing = services().filter(|(_, other)| needed.is_needed_by(other));
            needing.filter_map(|(at, _)| Some(ranks.get(at)?.saturating_add(1))).max().unwrap_or_default()
        };
        let mut next = ranks.clone();
        for (rank, about) in next.iter_mut().zip(all).filter(|(_, about)| about.service.is_some()) {
            *rank = above(about);
        }
        if next == ranks {
            break;
        }
        ranks = next;
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::application::{AppType, Service};

    fn service(name: &str, needs: &[&str]) -> Description {
        let depends_on = needs.iter().map(|name| (*name).into()).collect();
        let service = Some(Service { name: name.into(), depends_on, accepts_stop: true });
        Description { service, ..Description::new(name, "host.exe", AppType::Service) }
    }

    #[test]
    fn who_is_needed_ranks_above_all_who_need_it() {
        let all = [service("a", &["b"]), service("b", &["c"]), service("c", &[]), service("d", &["c"])];
        assert_eq!(ranks(&all.iter().collect::<Vec<_>>()), [0, 1, 2, 0]);
    }

    #[test]
    fn a_circle_has_some_ranks() {
        let all = [service("a", &["b"]), service("b", &["a"])];
        assert_eq!(ranks(&all.iter().collect::<Vec<_>>()).len(), 2);
    }
}
