// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Api.HostData;

/// <summary>What runs by itself: cron and systemd.</summary>
public sealed record ScheduledTasksSpec
{
    /// <summary>By source and line.</summary>
    public IReadOnlyList<CronTask>? CronTasks { get; init; }

    /// <summary>Units that the administrator made or changed (<c>/etc/systemd/system</c>), by path; links into the packages' folders are left out.</summary>
    public IReadOnlyList<UnitFile>? Units { get; init; }

    public string? NodeName { get; init; }
}

public sealed record CronTask
{
    /// <summary>Shape: <c>*/5 * * * *</c>, <c>@reboot</c>, or <c>daily</c> for a script of cron.daily.</summary>
    public string? Schedule { get; init; }

    /// <summary>As whom it runs.</summary>
    public string? User { get; init; }

    /// <summary>Shape: the program; its arguments are not told, since they may hold credentials.</summary>
    public string? Program { get; init; }

    public string? Source { get; init; }

    /// <summary>From 1; null = the whole file is the task.</summary>
    public int? Line { get; init; }
}

public sealed record UnitFile
{
    /// <summary>Shape: <c>backup.timer</c>; of a drop-in the unit to which it belongs.</summary>
    public string? Unit { get; init; }

    public string? Path { get; init; }

    /// <summary>Shape: what OnCalendar and the like say, with semicolons between them; null = no timer.</summary>
    public string? Schedule { get; init; }

    /// <summary>Shape: the program that it starts, without arguments.</summary>
    public string? Program { get; init; }

    public string? User { get; init; }

    /// <summary>Whether the file was made or changed after the machine had started: what runs may differ from what it says, or came by hand.</summary>
    public bool? ChangedSinceBoot { get; init; }
}
