// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using NodeAgent.Benchmarks.Harness;

namespace NodeAgent.Benchmarks.Scenarios;

/// <summary>
/// What the traced program pays: the same loads with nothing attached and with agents of several settings, in turns, the least of each.
/// </summary>
/// <param name="settings">The loads with each setting of the agent.</param>
internal sealed class TracedCost(BenchOptions options, LoadProgram load, string filePath, IReadOnlyList<CostSetting> settings)
{
    private const int Turns = 3;
    private const int EmulatedTurns = 1; // to attach takes half a minute there

    // Many short runs rather than a long one: the least of them is one that nobody disturbed.
    private const int Repeats = 10;

    // An untraced call takes 87 ns on an idle machine of today; where time is emulated, the limit is what 5 ns are of that.
    private const double EmulatedSyscallShare = 0.06;

    private readonly Dictionary<string[], double> _without = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Cost, double> _with = [];
    private string _variant = string.Empty;
    private double _lost;

    public async Task RunAsync(BenchTable table)
    {
        for (int turn = 0; turn < (options.Emulated ? EmulatedTurns : Turns); turn++)
        {
            foreach ((string[] flags, Cost[] costs) in settings)
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
        foreach (Cost cost in settings.SelectMany(s => s.Costs))
        {
            Limit limit = _variant == "fentry" ? cost.Fentry : new Limit { Share = cost.MostShare, Ns = cost.MostNs };
            if (options.Emulated && limit.Ns is not null)
            {
                limit = new Limit { Share = EmulatedSyscallShare };
            }

            table.AddAgainst(cost.Figure, _with[cost], _without[cost.Load], "ns", limit.Share, limit.Ns);
            if (cost.Against is { } other)
            {
                table.AddAgainst($"  of that, {cost.Part}", _with[cost], _with[other], "ns");
            }
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
}
