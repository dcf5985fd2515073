// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace NodeAgent.Benchmarks.Harness;

/// <summary>What the command line says.</summary>
/// <param name="AgentProgram">The built agent.</param>
/// <param name="LoadProgram">The built loads/load.c.</param>
/// <param name="Steady">How long a steady workload runs before it is measured, and how long it is measured.</param>
/// <param name="Emulated">In an emulated machine: small counts, and limits in ns become shares, since only ratios mean anything there.</param>
/// <param name="Scenarios">Names; empty = those that run by default.</param>
internal sealed record BenchOptions(string AgentProgram, string LoadProgram, TimeSpan Steady, bool Emulated, IReadOnlyList<string> Scenarios)
{
    private static readonly TimeSpan DefaultSteady = TimeSpan.FromMinutes(1);

    /// <param name="arguments">Shape: <c>AGENT LOAD [--steady SECONDS] [--emulated] [SCENARIO…]</c>.</param>
    /// <exception cref="FormatException">Something else.</exception>
    public static BenchOptions Parse(IReadOnlyList<string> arguments, IEnumerable<string> known)
    {
        if (arguments.Count < 2)
        {
            throw new FormatException("the agent's program and the load program are missing");
        }

        var options = new BenchOptions(Path.GetFullPath(arguments[0]), Path.GetFullPath(arguments[1]), DefaultSteady, false, []);
        var scenarios = new List<string>();
        for (int at = 2; at < arguments.Count; at++)
        {
            switch (arguments[at])
            {
                case "--emulated":
                    options = options with { Emulated = true };
                    break;
                case "--steady" when at + 1 < arguments.Count:
                    options = options with { Steady = Seconds(arguments[++at]) };
                    break;
                case var name when known.Contains(name):
                    scenarios.Add(name);
                    break;
                default:
                    throw new FormatException($"'{arguments[at]}' is no scenario: {string.Join(", ", known)}");
            }
        }

        return options with { Scenarios = scenarios };
    }

    /// <summary>A built program of tests/workloads.</summary>
    public string Workload(string name) => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(LoadProgram)!, "..", "workloads", name));

    /// <summary>A count of iterations, as far as this machine gets with it in a reasonable time.</summary>
    public string Count(int count) => (Emulated ? count / 50 : count).ToString(CultureInfo.InvariantCulture);

    private static TimeSpan Seconds(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int seconds) && seconds is > 0 and <= 3600
            ? TimeSpan.FromSeconds(seconds)
            : throw new FormatException($"'{text}' is not a number of seconds from 1 to 3600");
}
