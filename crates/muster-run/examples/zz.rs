use muster_run::{Request, Run, Stress};
use std::time::Instant;
fn main() {
    let request = Request { plan: "plans/ltwp-2023".into(), scenarios: vec![], places: vec![], monthly: false };
    let t = Instant::now();
    let run = Run::make(request, &|_| {}).unwrap();
    println!("run {:?}", t.elapsed());
    for _ in 0..3 {
        let t = Instant::now();
        let s = Stress::of(&run).unwrap().unwrap();
        println!("stress {:?} {}", t.elapsed(), s.least_regret);
        let t = Instant::now();
        let sc = run.plan.scenario("plan").unwrap();
        let f = run.plan.futures(sc, &run.places, muster_engine::Step::Year).unwrap();
        println!("futures {:?}", t.elapsed());
        let t = Instant::now();
        let r = f.central();
        println!("central {:?}", t.elapsed());
        let t = Instant::now();
        let p = muster_engine::project(&r.inputs).unwrap();
        println!("project {:?} {}", t.elapsed(), p.cells.len());
    }
}
