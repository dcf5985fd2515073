// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using NodeAgent.Api.HostData;
using NodeAgent.Api.Json;

namespace NodeAgent.HostScan.Sensors.Linux.Tasks;

/// <summary>What cron and systemd start by themselves.</summary>
internal sealed class ScheduledTasksSensor() : HostSensor<ScheduledTasksSpec>(HostDataJsonContext.Readable.ScheduledTasksSpec)
{
    private const int MaxTasks = 2048;
    private const int MaxUnits = 2048;

    // So many are looked at to tell which come first.
    private const int MaxRead = 32_768;

    public override string Kind => "ScheduledTasks";

    public override string Variable => "tasks";

    protected override ScheduledTasksSpec? Read(SensorRun run)
    {
        List<CronTask> tasks = [.. CronTables.Read(run).Take(MaxRead).OrderBy(task => task.Source, StringComparer.Ordinal).ThenBy(task => task.Line)];
        List<UnitFile> units = [.. UnitFiles.Read(run).Take(MaxRead).OrderBy(unit => unit.Path, StringComparer.Ordinal)];
        Say(run, "tasks of cron", tasks.Count, MaxTasks);
        Say(run, "units", units.Count, MaxUnits);
        return new ScheduledTasksSpec { CronTasks = [.. tasks.Take(MaxTasks)], Units = [.. units.Take(MaxUnits)], NodeName = run.NodeName };
    }

    private static void Say(SensorRun run, string what, int count, int most)
    {
        if (count > most)
        {
            run.Problem(string.Create(CultureInfo.InvariantCulture, $"{count} {what}, only {most} are told"));
        }
    }
}
