//! What judging costs: transcripts of twenty calls with nothing hidden, and with the answers of some
//! applications hidden.

mod made;

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use made::Session;
use rm_check::judge;

fn main() {
    divan::main();
}

fn judging(bencher: Bencher<'_, '_>, session: Session) {
    let boundary = session.transcript();
    assert_eq!(boundary.calls(), 20);
    bencher.counter(ItemsCount::new(1_usize)).bench(|| judge(black_box(&boundary), &boundary.policy));
}

#[divan::bench(args = [0, 3, 10])]
fn nothing_hidden(bencher: Bencher<'_, '_>, applications: usize) {
    judging(bencher, Session::of(applications));
}

#[divan::bench(args = [1, 2, 3, 4])]
fn answers_hidden(bencher: Bencher<'_, '_>, applications: usize) {
    judging(bencher, Session { hidden: true, ..Session::of(applications) });
}
