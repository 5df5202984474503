using Postern.Bench;

return args switch
{
    ["smtp", .. var rest] => await SmtpBench.RunAsync(Measure.Number(rest, "--count", 20_000), Measure.Number(rest, "--pairs", 5)),
    ["memory", .. var rest] => await MemoryBench.RunAsync(Measure.Number(rest, "--sessions", 20), Measure.Number(rest, "--megabytes", 25)),
    ["queue", .. var rest] => await QueueBench.RunAsync(Measure.Number(rest, "--rows", 1_000_000)),
    ["dashboards", .. var rest] => await DashboardBench.RunAsync(Measure.Number(rest, "--rows", 1_000_000), Measure.Number(rest, "--windows", 5)),
    ["routing", .. var rest] => RoutingBench.Run(Measure.Number(rest, "--post-offices", 10_000), Measure.Number(rest, "--addresses", 100_000)),
    ["what-if", .. var rest] => await WhatIfBench.RunAsync(Measure.Number(rest, "--rows", 1_000_000)),
    ["dirsync", .. var rest] => await DirsyncBench.RunAsync(Measure.Number(rest, "--rows", 1_000_000)),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("usage: bench smtp [--count N] [--pairs N] | bench memory [--sessions N] [--megabytes N] | bench queue [--rows N] | bench dashboards [--rows N] [--windows N] | bench routing [--post-offices N] [--addresses N] | bench what-if [--rows N] | bench dirsync [--rows N]");
    return 2;
}
