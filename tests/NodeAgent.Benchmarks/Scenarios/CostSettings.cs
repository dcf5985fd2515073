// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Benchmarks.Scenarios;

/// <summary>Loads that are measured with one setting of the agent.</summary>
/// <param name="Flags">Shape: flags of <c>node-agent run</c>, each followed by its value.</param>
internal sealed record CostSetting(string[] Flags, Cost[] Costs);

/// <param name="Load">Shape: the load's name and how often, for a machine that is not emulated.</param>
internal sealed record Cost(string Figure, string[] Load)
{
    public double? MostShare { get; init; }

    public double? MostNs { get; init; }

    /// <summary>Where opens are seen in the functions that open, and not at the end of every system call.</summary>
    public Limit Fentry { get; init; }

    /// <summary>The same load with one thing less, which <see cref="Part"/> names.</summary>
    public Cost? Against { get; init; }

    public string Part { get; init; } = string.Empty;
}

/// <summary>Largest addition: a share of the baseline, or ns; neither = for information.</summary>
internal readonly record struct Limit(double? Share = null, double? Ns = null);

/// <summary>What is measured, with which settings.</summary>
internal static class CostSettings
{
    private static readonly string[] Syscall = ["syscall", "300000"];
    private static readonly string[] Open = ["open", "40000"];
    private static readonly string[] Spawn = ["spawn", "50"];
    private static readonly string[] Connect = ["connect", "400"];

    // One connection, on which a head of HTTP or as many other bytes go there and back.
    private static readonly string[] Request = ["request", "4000"];
    private static readonly string[] Message = ["message", "4000"];

    private static readonly Cost ConnectTold = new("TCP connect+accept+close, each told, no payload sensor", Connect);
    private static readonly Cost ConnectKnown = new("TCP connect+accept+close, filter, no payload sensor", Connect) { Against = ConnectTold, Part = "the already-seen filter" };
    private static readonly Cost RequestUnseen = new("HTTP request+response, no payload sensor", Request);
    private static readonly Cost MessageUnseen = new("other message+answer, no payload sensor", Message);

    /// <summary>Of system calls, files and processes.</summary>
    public static IReadOnlyList<CostSetting> General { get; } =
    [
        new([],
        [
            new("untraced syscall, default sensors, while profiles learn", Syscall) { MostNs = 35, Fentry = new Limit() },
            new("open+close of what the filter knows", Open) { MostShare = 0.4, Fentry = new Limit { Share = 0.15 } },
            new("spawn of /bin/true (fork+exec+exit)", Spawn),
            new("TCP connect+accept+close", Connect),
        ]),
        new(["--disable-sensors", "syscalls"],
        [
            new("untraced syscall, default sensors, nothing learns", Syscall) { MostNs = 35, Fentry = new Limit { Ns = 5 } },
        ]),
        new(["--filter-kinds", "", "--budget-file", "0"],
        [
            new("open+close, every event delivered", Open) { MostShare = 0.75, Fentry = new Limit { Share = 0.75 } },
        ]),
        new(["--sensors", "all"],
        [
            new("untraced syscall, --sensors all", Syscall),
            new("open+close of what the filter knows, --sensors all", Open),
            new("spawn of /bin/true, --sensors all", Spawn),
            new("TCP connect+accept+close, --sensors all", Connect),
        ]),
    ];

    /// <summary>Of connections and what goes over them: the filter and the payload sensor apart.</summary>
    public static IReadOnlyList<CostSetting> Network { get; } =
    [
        new(["--disable-sensors", "payload", "--filter-kinds", "Open", "--budget-network", "0"], [ConnectTold]),
        new(["--disable-sensors", "payload"], [ConnectKnown, RequestUnseen, MessageUnseen]),
        new([],
        [
            new("TCP connect+accept+close, filter and payload sensor", Connect) { Against = ConnectKnown, Part = "the payload sensor" },
            new("HTTP request+response, payload sensor, each told", Request) { Against = RequestUnseen, Part = "the payload sensor" },
            new("other message+answer, payload sensor", Message) { Against = MessageUnseen, Part = "the payload sensor" },
        ]),
    ];
}
