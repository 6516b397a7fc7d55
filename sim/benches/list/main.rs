//! What a list costs on machines of different sizes: in proportion to what is affected, not to the
//! machine.

mod crowd;

use crowd::Crowd;

fn main() {
    divan::main();
}

#[divan::bench(args = [1_000, 10_000, 100_000])]
fn list(bencher: divan::Bencher<'_, '_>, processes: usize) {
    let mut crowd = Crowd::new(processes);
    bencher.bench_local(|| {
        let reply = crowd.list();
        assert_eq!(reply.code.0, 0, "{reply:?}");
        reply
    });
}
