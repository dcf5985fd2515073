// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Microsoft.Extensions.Logging;

namespace NodeAgent.Configuration;

/// <summary>The list of all settings: the schema of the file, the environment and the flags at once.</summary>
public static class Settings
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    public static IReadOnlyList<Setting> All { get; } =
    [
        Text("dataDirectory", "--data-dir", "DIR", "Directory of profiles, alerts, the embedded store and its credentials", o => o.DataDirectory, (o, v) => o.DataDirectory = Path.GetFullPath(v)),
        Text("nodeName", "--node-name", "NAME", "Name of this node in alerts and profiles", o => o.NodeName, (o, v) => o.NodeName = v),
        Text("clusterName", "--cluster-name", "NAME", "Name of the cluster in workload ids", o => o.ClusterName, (o, v) => o.ClusterName = v),
        new("logLevel", "--log-level", "LEVEL", "Least level of log lines: Trace, Debug, Information, Warning, Error, Critical, None", (o, v) => o.LogLevel = SettingValue.Enumeration<LogLevel>(v), o => o.LogLevel.ToString()),

        new("bpf.processRingSize", "--process-ring-size", "SIZE", "Ring for exec, fork, exit and cgroup records", (o, v) => o.Bpf.ProcessRingBytes = SettingValue.PowerOfTwo(v, 64 << 10), o => SettingValue.Show(o.Bpf.ProcessRingBytes)),
        new("bpf.shardRingSize", "--shard-ring-size", "SIZE", "Each ring for all other records", (o, v) => o.Bpf.ShardRingBytes = SettingValue.PowerOfTwo(v, 64 << 10), o => SettingValue.Show(o.Bpf.ShardRingBytes)),
        new("bpf.shards", "--shards", "N", "Rings for all other records, a power of two; 0 = by the number of CPUs", (o, v) => o.Bpf.Shards = Shards(v), o => o.Bpf.Shards.ToString(CultureInfo.InvariantCulture)),
        new("bpf.disabledSensors", "--disable-sensors", "NAMES", "Sensors that are not loaded, by comma", (o, v) => o.Bpf.DisabledSensors = List(v), o => string.Join(',', o.Bpf.DisabledSensors)),

        new("containers.hostRoot", "--host-root", "DIR", "Directory in which the host's file system is seen; empty = /", (o, v) => o.Containers.HostRoot = v.Length == 0 ? v : Path.GetFullPath(v), o => o.Containers.HostRoot),
        new("containers.criSockets", "--cri-sockets", "PATHS", "Sockets of container runtimes (CRI), by comma; empty = the usual places, none = ask no runtime", (o, v) => o.Containers.CriSockets = Paths(v), o => string.Join(',', o.Containers.CriSockets)),

        Duration("profiles.learningPeriod", "--learning-period", "Time in which a container's behaviour is learned before it is judged", Second, o => o.Profiles.LearningPeriod, (o, v) => o.Profiles.LearningPeriod = v),
        Duration("profiles.initialDelay", "--initial-delay", "Time from a container's first event to the first write of its profile", TimeSpan.Zero, o => o.Profiles.InitialDelay, (o, v) => o.Profiles.InitialDelay = v),
        Duration("profiles.updateInterval", "--update-interval", "Time between two writes of a profile that changes", Second, o => o.Profiles.UpdateInterval, (o, v) => o.Profiles.UpdateInterval = v),
        Duration("profiles.checkpointInterval", "--checkpoint-interval", "Time between two checkpoints of what is being learned", Second, o => o.Profiles.CheckpointInterval, (o, v) => o.Profiles.CheckpointInterval = v),

        Duration("rules.cooldown", "--cooldown", "Time in which repeats of one alert are counted instead of sent", TimeSpan.Zero, o => o.Rules.Cooldown, (o, v) => o.Rules.Cooldown = v),
        Switch("rules.privateAddresses", "--rules-private-addresses", "Unexpected egress (R0011) also judges private addresses", o => o.Rules.PrivateAddresses, (o, v) => o.Rules.PrivateAddresses = v),
        Switch("rules.host", "--rules-host", "Profile rules also judge processes that are in no unit of their own", o => o.Rules.Host, (o, v) => o.Rules.Host = v),

        Switch("alerts.stdout", "--alerts-stdout", "Print each alert as one JSON line", o => o.Alerts.Stdout, (o, v) => o.Alerts.Stdout = v),
        new("alerts.file", "--alerts-file", "PATH", "File that takes each alert as one JSON line; empty = alerts.jsonl in the data directory", (o, v) => o.Alerts.File = v.Length == 0 ? v : Path.GetFullPath(v), o => o.Alerts.File),
        new("alerts.fileMaxSize", "--alerts-file-max-size", "SIZE", "Size at which the alert file is rotated", (o, v) => o.Alerts.FileMaxBytes = SettingValue.Size(v, 4 << 10), o => SettingValue.Show(o.Alerts.FileMaxBytes)),
        new("alerts.fileMaxCount", "--alerts-file-max-count", "N", "Rotated alert files that are kept", (o, v) => o.Alerts.FileMaxCount = SettingValue.Number(v, 0, 1000), o => o.Alerts.FileMaxCount.ToString(CultureInfo.InvariantCulture)),

        Endpoint("storage.address", "--storage-address", "Address of the embedded Kubernetes API", o => o.Storage.Address, (o, v) => o.Storage.Address = v),
        Endpoint("operations.address", "--ops-address", "Address of /livez, /readyz and /metrics", o => o.Operations.Address, (o, v) => o.Operations.Address = v),
    ];

    private static Setting Text(string key, string flag, string valueName, string help, Func<AgentOptions, string> get, Action<AgentOptions, string> set) =>
        new(key, flag, valueName, help, (o, v) => set(o, SettingValue.NotEmpty(v)), get);

    private static Setting Duration(string key, string flag, string help, TimeSpan least, Func<AgentOptions, TimeSpan> get, Action<AgentOptions, TimeSpan> set) =>
        new(key, flag, "DURATION", help, (o, v) => set(o, SettingValue.Duration(v, least)), o => SettingValue.Show(get(o)));

    private static Setting Switch(string key, string flag, string help, Func<AgentOptions, bool> get, Action<AgentOptions, bool> set) =>
        new(key, flag, "BOOL", help, (o, v) => set(o, SettingValue.Switch(v)), o => get(o) ? "true" : "false");

    private static Setting Endpoint(string key, string flag, string help, Func<AgentOptions, string> get, Action<AgentOptions, string> set) =>
        new(key, flag, "ADDRESS:PORT", help, (o, v) => set(o, SettingValue.Endpoint(v)), get);

    private static string[] List(string text) =>
        text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static string[] Paths(string text) =>
        text == ContainerSettings.None || List(text).FirstOrDefault(path => !Path.IsPathRooted(path)) is not { } relative
            ? List(text)
            : throw new FormatException($"'{relative}' is not an absolute path");

    private static int Shards(string text)
    {
        int value = SettingValue.Number(text, 0, 64);
        return value == 0 || int.IsPow2(value) ? value : throw new FormatException($"'{text}' is not 0 or a power of two");
    }
}
