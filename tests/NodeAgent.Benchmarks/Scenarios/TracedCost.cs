// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using NodeAgent.Benchmarks.Harness;

namespace NodeAgent.Benchmarks.Scenarios;

/// <summary>
/// What the traced program pays: the same loads with nothing attached and with agents of several settings, in turns, the least of each.
/// </summary>
internal sealed class TracedCost(BenchOptions options, LoadProgram load, string filePath)
{
    private const int Turns = 3;
    private const int EmulatedTurns = 1; // to attach takes half a minute there

    // Many short runs rather than a long one: the least of them is one that nobody disturbed.
    private const int Repeats = 10;

    // An untraced call takes 87 ns on an idle machine of today; where time is emulated, the limit is what 5 ns are of that.
    private const double EmulatedSyscallShare = 0.06;

    private static readonly string[] Syscall = ["syscall", "300000"];
    private static readonly string[] Open = ["open", "40000"];
    private static readonly string[] Spawn = ["spawn", "50"];
    private static readonly string[] Connect = ["connect", "400"];

    // The loads with each setting of the agent. Fentry: where opens are seen in the functions that open, and not at the end of every system call.
    private static readonly (string[] Flags, Cost[] Costs)[] Settings =
    [
        ([],
        [
            new("untraced syscall, default sensors, while profiles learn", Syscall) { MostNs = 35, Fentry = new Limit() },
            new("open+close of what the filter knows", Open) { MostShare = 0.4, Fentry = new Limit { Share = 0.15 } },
            new("spawn of /bin/true (fork+exec+exit)", Spawn),
            new("TCP connect+accept+close", Connect),
        ]),
        (["--disable-sensors", "syscalls"],
        [
            new("untraced syscall, default sensors, nothing learns", Syscall) { MostNs = 35, Fentry = new Limit { Ns = 5 } },
        ]),
        (["--filter-kinds", "", "--budget-file", "0"],
        [
            new("open+close, every event delivered", Open) { MostShare = 0.75, Fentry = new Limit { Share = 0.75 } },
        ]),
        (["--sensors", "all"],
        [
            new("untraced syscall, --sensors all", Syscall),
            new("open+close of what the filter knows, --sensors all", Open),
            new("spawn of /bin/true, --sensors all", Spawn),
            new("TCP connect+accept+close, --sensors all", Connect),
        ]),
    ];

    private readonly Dictionary<string[], double> _without = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Cost, double> _with = [];
    private string _variant = string.Empty;
    private double _lost;

    public async Task RunAsync(BenchTable table)
    {
        for (int turn = 0; turn < (options.Emulated ? EmulatedTurns : Turns); turn++)
        {
            foreach ((string[] flags, Cost[] costs) in Settings)
            {
                Console.Error.WriteLine($"bench: cost: turn {turn + 1}, agent with [{string.Join(' ', flags)}]");
                foreach (Cost cost in costs)
                {
                    _without[cost.Load] = Math.Min(_without.GetValueOrDefault(cost.Load, double.PositiveInfinity), Least(cost.Load));
                }

                await WithAgentAsync(flags, costs).ConfigureAwait(false);
            }
        }

        table.AddText("file sensor's hooks", _variant);
        foreach (Cost cost in Settings.SelectMany(s => s.Costs))
        {
            Limit limit = _variant == "fentry" ? cost.Fentry : new Limit { Share = cost.MostShare, Ns = cost.MostNs };
            if (options.Emulated && limit.Ns is not null)
            {
                limit = new Limit { Share = EmulatedSyscallShare };
            }

            table.AddAgainst(cost.Figure, _with[cost], _without[cost.Load], "ns", limit.Share, limit.Ns);
        }

        table.Add("events lost in these loads", _lost, "events", most: 0);
    }

    private async Task WithAgentAsync(string[] flags, Cost[] costs)
    {
        await using IAttached attached = await IAttached.StartAsync(options, flags).ConfigureAwait(false);
        foreach (Cost cost in costs)
        {
            _with[cost] = Math.Min(_with.GetValueOrDefault(cost, double.PositiveInfinity), Least(cost.Load));

            // Said before the turns are over: a guest that takes too long is ended.
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"bench: cost: {cost.Figure}: {_with[cost]:#,0} ns, without {_without[cost.Load]:#,0} ns ({_with[cost] / _without[cost.Load] - 1:+0 %;-0 %})"));
        }

        _variant = await attached.VariantOfAsync("file").ConfigureAwait(false);
        _lost += await attached.LostAsync().ConfigureAwait(false);
    }

    private double Least(string[] arguments) =>
        Enumerable.Range(0, Repeats).Min(_ => load.Run(arguments[0], options.Count(int.Parse(arguments[1], CultureInfo.InvariantCulture)), filePath));

    /// <param name="Load">Shape: the load's name and how often, for a machine that is not emulated.</param>
    private sealed record Cost(string Figure, string[] Load)
    {
        public double? MostShare { get; init; }

        public double? MostNs { get; init; }

        public Limit Fentry { get; init; }
    }

    /// <summary>Largest addition: a share of the baseline, or ns; neither = for information.</summary>
    private readonly record struct Limit(double? Share = null, double? Ns = null);
}
