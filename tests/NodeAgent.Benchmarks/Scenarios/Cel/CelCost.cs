// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Text;
using NodeAgent.Benchmarks.Harness;
using NodeAgent.Cel;
using NodeAgent.Cel.Types;
using NodeAgent.Cel.Values;

namespace NodeAgent.Benchmarks.Scenarios.Cel;

/// <summary>What the expression of a rule costs that does not fire, and 100 of them on one event.</summary>
internal static class CelCost
{
    private const int Rounds = 300;
    private const int Evaluations = 5_000;

    private static readonly (string Name, string Text)[] Rules =
    [
        ("exec with arguments", """event.comm == "sh" && event.args.exists(a, a.startsWith("/tmp")) && !cp.was_executed(container.id, event.exepath)"""),
        ("open against the profile", """event.path.startsWith("/etc/") && !event.path.startsWith("/etc/ssl/") && !cp.was_path_opened(container.id, event.path)"""),
        ("network", """event.proto == "TCP" && event.dstPort in [3333, 45700, 14444, 443] && !net.is_private_ip(event.dstAddr) && event.uid != 0"""),
    ];

    public static Task RunAsync(BenchTable table)
    {
        CelEnvironment environment = Environment(out CelVariable @event, out CelVariable container);
        CelContext context = environment.CreateContext();
        Fill(context, @event, container);
        foreach ((string name, string text) in Rules)
        {
            CelProgram program = environment.Compile(text, CelType.Bool);
            (double nanoseconds, long bytes) = Measure(() => Check(program, context), Evaluations);
            table.Add($"cel: {name}, per evaluation", nanoseconds, "ns", most: 150);
            table.Add($"cel: {name}, allocated", bytes, "B", most: 0);
        }

        Together(table, environment, @event, container);
        double best = double.PositiveInfinity;
        for (int i = 0; i < Rounds / 10; i++)
        {
            long start = Stopwatch.GetTimestamp();
            GC.KeepAlive(environment.CompileSet(Hundred(), CelType.Bool, out _));
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        table.Add("cel: compiling 100 rules", best, "ms");
        return Task.CompletedTask;
    }

    // One event and all rules on it: 200,000 events/s within one core leave 5 µs.
    private static void Together(BenchTable table, CelEnvironment environment, CelVariable @event, CelVariable container)
    {
        CelProgramSet set = environment.CompileSet(Hundred(), CelType.Bool, out _);
        CelProgram[] programs = [.. set.Programs.Select(p => p ?? throw new InvalidOperationException("a rule does not compile"))];
        CelContext context = set.CreateContext();
        Fill(context, @event, container);
        (double nanoseconds, long bytes) = Measure(
            () =>
            {
                context.NextEvent();
                foreach (CelProgram program in programs)
                {
                    Check(program, context);
                }
            },
            Evaluations / 50);
        table.Add("cel: 100 rules on one event", nanoseconds, "ns", most: 5_000);
        table.Add("cel: 100 rules on one event, allocated", bytes, "B", most: 0);
        table.Add("cel: parts that they share", set.SharedCount, "");
    }

    private static string[] Hundred() => [.. Enumerable.Range(0, 100).Select(i => (i % 4) switch
    {
        0 => $$"""event.comm == "sh" && event.args.exists(a, a.startsWith("/tmp")) && event.exepath != "/bin/{{i}}" """,
        1 => $$"""!cp.was_executed(container.id, event.exepath) && event.comm in ["nc", "ncat", "socat", "tool{{i}}"]""",
        2 => $$"""event.path.startsWith("/opt/app{{i}}/") && !cp.was_path_opened(container.id, event.path)""",
        _ => $$"""event.upperlayer && event.exepath.endsWith(".{{i}}") && !cp.was_executed(container.id, event.exepath)""",
    })];

    private static CelEnvironment Environment(out CelVariable @event, out CelVariable container)
    {
        var known = CelText.Of("/usr/bin/dash");
        var opened = CelText.Of("/etc/nginx/nginx.conf");
        CelType text = CelType.String;
        return new CelEnvironmentBuilder()
            .Variable("event", CelType.Object(CelEvent.Type), out @event)
            .Variable("container", CelType.Object(CelContainer.Type), out container)
            .Function("cp.was_executed", (_, _, path) => path == known)
            .Function("cp.was_path_opened", (_, _, path) => path == opened)
            .Function("net.is_private_ip", CelType.Bool, [text], (_, a) => CelValue.Of(a[0].Text.Span.StartsWith("10."u8)))
            .Build();
    }

    private static void Fill(CelContext context, CelVariable @event, CelVariable container)
    {
        byte[] buffer = Encoding.UTF8.GetBytes("sh/usr/bin/dash-c/opt/run.sh--verbose/etc/nginx/nginx.confTCP10.96.0.1");
        var shown = new CelEvent(buffer)
        {
            Comm = new(buffer, 0, 2),
            Exe = new(buffer, 2, 13),
            Path = new(buffer, 37, 21),
            Protocol = new(buffer, 58, 3),
            Address = new(buffer, 61, 9),
            Port = 443,
            Uid = 33,
            UpperLayer = true,
        };
        shown.Arguments.Add(0, 2);
        shown.Arguments.Add(15, 2);
        shown.Arguments.Add(17, 11);
        shown.Arguments.Add(28, 9);
        context.Set(@event, CelValue.Of(shown));
        context.Set(container, CelValue.Of(new CelContainer { Id = CelText.Of(new string('a', 64)) }));
    }

    private static void Check(CelProgram program, CelContext context)
    {
        if (!program.TryEvaluateBool(context, out bool fires) || fires)
        {
            throw new InvalidOperationException($"{program.Text}: fires {fires}, {program.DescribeError(context)}");
        }
    }

    private static (double Nanoseconds, long Bytes) Measure(Action action, int times)
    {
        double best = double.PositiveInfinity;
        long bytes = long.MaxValue;
        for (int round = 0; round < Rounds; round++)
        {
            long allocated = GC.GetAllocatedBytesForCurrentThread();
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < times; i++)
            {
                action();
            }

            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalNanoseconds / times);
            bytes = Math.Min(bytes, GC.GetAllocatedBytesForCurrentThread() - allocated);
        }

        return (best, bytes / times);
    }
}
