// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Microsoft.Extensions.Logging;
using NodeAgent.Bpf.Filtering;
using NodeAgent.Bpf.Handover;
using NodeAgent.Integrity.Watching;
using Setting = NodeAgent.Configuration.Setting<NodeAgent.Configuration.AgentOptions>;

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
        new("bpf.sensors", "--sensors", "NAMES", "Sensors to load, by comma, or all; empty = those whose events rules or profiles use", (o, v) => o.Bpf.Sensors = List(v), o => string.Join(',', o.Bpf.Sensors)),
        new("bpf.disabledSensors", "--disable-sensors", "NAMES", "Sensors that are not loaded, by comma", (o, v) => o.Bpf.DisabledSensors = List(v), o => string.Join(',', o.Bpf.DisabledSensors)),
        new("bpf.pinPath", "--pin-path", "DIR", $"Directory in a bpffs, such as {PinPath.Standard}: probes and rings stay there when the agent ends, and the next one goes on with them; empty = off", (o, v) => o.Bpf.PinPath = Pins(v), o => o.Bpf.PinPath),
        Switch("bpf.programStats", "--program-stats", "Have the kernel count runs and run time of BPF programs, for one second each minute, for /metrics", o => o.Bpf.ProgramStats, (o, v) => o.Bpf.ProgramStats = v),
        new("bpf.sensorVariants", "--sensor-variant", "SENSOR=VARIANT", "The only variant of a sensor to try, instead of the best that loads; several by comma or by repeating", (o, v) => o.Bpf.SensorVariants = Pairs(v), o => string.Join(',', o.Bpf.SensorVariants.Select(p => $"{p.Key}={p.Value}"))) { IsRepeatable = true },
        new("bpf.environmentNames", "--environment-names", "NAMES", "Environment variables that exec events carry, by comma", (o, v) => o.Bpf.EnvironmentNames = List(v), o => string.Join(',', o.Bpf.EnvironmentNames)),

        new("filter.kinds", "--filter-kinds", "KINDS", "Kinds of event that a container tells once, by comma: open, flow, tcpConnect, tcpAccept; empty = none", (o, v) => FilterText.SetKinds(o.Bpf.Filter, v), o => FilterText.ShowKinds(o.Bpf.Filter)),
        Duration("filter.repeatAfter", "--filter-repeat-after", "Time after which a thing that still happens is told again, with its count; 0s = never", TimeSpan.Zero, o => o.Bpf.Filter.RepeatAfter, (o, v) => o.Bpf.Filter.RepeatAfter = v),
        new("filter.containers", "--filter-containers", "N", "Containers with a filter and budgets of their own, a power of two; 0 = by memory", (o, v) => o.Bpf.Filter.ContainerCount = SettingValue.Number(v, 0, 4096), o => o.Bpf.Filter.ContainerCount.ToString(CultureInfo.InvariantCulture)),
        new("filter.entries", "--filter-entries", "N", "Things that are remembered for each container", (o, v) => o.Bpf.Filter.EntriesPerContainer = SettingValue.Number(v, 7, 1 << 20), o => o.Bpf.Filter.EntriesPerContainer.ToString(CultureInfo.InvariantCulture)),
        Budget("budgets.exec", "--budget-exec", BudgetBucket.Exec, "execs"),
        Budget("budgets.process", "--budget-process", BudgetBucket.Process, "forks, signals and other changes of processes"),
        Budget("budgets.file", "--budget-file", BudgetBucket.File, "events about files"),
        Budget("budgets.network", "--budget-network", BudgetBucket.Network, "events about connections, flows and names"),
        Budget("budgets.payload", "--budget-payload", BudgetBucket.Payload, "heads of HTTP messages and TLS handshakes"),
        Budget("budgets.privilege", "--budget-privilege", BudgetBucket.Privilege, "uses of privileges"),

        new("containers.hostRoot", "--host-root", "DIR", "Directory in which the host's file system is seen; empty = /", (o, v) => o.Containers.HostRoot = v.Length == 0 ? v : Path.GetFullPath(v), o => o.Containers.HostRoot),
        new("containers.criSockets", "--cri-sockets", "PATHS", "Sockets of container runtimes (CRI), by comma; empty = the usual places, none = ask no runtime", (o, v) => o.Containers.CriSockets = Paths(v), o => string.Join(',', o.Containers.CriSockets)),
        new("containers.dockerSockets", "--docker-sockets", "PATHS", "Sockets of Docker and Podman, by comma; empty = the usual places, none = ask no runtime", (o, v) => o.Containers.DockerSockets = Paths(v), o => string.Join(',', o.Containers.DockerSockets)),

        new("kubernetes.kubeconfig", "--kubeconfig", "FILE", "Credentials of the API server to ask about pods and peers, several files with colons between them; empty = that of the cluster we run in, none = ask nobody", (o, v) => o.Kubernetes.Kubeconfig = v.Length == 0 || v == KubernetesSettings.None ? v : string.Join(Path.PathSeparator, v.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Select(Path.GetFullPath)), o => o.Kubernetes.Kubeconfig),
        Switch("kubernetes.watchPeers", "--watch-peers", "Follow the pods, services and nodes of the whole cluster, so that peers of connections have names", o => o.Kubernetes.WatchPeers, (o, v) => o.Kubernetes.WatchPeers = v),

        Duration("profiles.learningPeriod", "--learning-period", "Time in which a container's behaviour is learned before it is judged", Second, o => o.Profiles.LearningPeriod, (o, v) => o.Profiles.LearningPeriod = v),
        Duration("profiles.saturation", "--saturation", "Time without anything new after which learning ends early; 0s = never", TimeSpan.Zero, o => o.Profiles.Saturation, (o, v) => o.Profiles.Saturation = v),
        Duration("profiles.initialDelay", "--initial-delay", "Time from a container's first event to the first write of its profile", TimeSpan.Zero, o => o.Profiles.InitialDelay, (o, v) => o.Profiles.InitialDelay = v),
        Duration("profiles.updateInterval", "--update-interval", "Time between two writes of a profile that changes", Second, o => o.Profiles.UpdateInterval, (o, v) => o.Profiles.UpdateInterval = v),
        Switch("profiles.drift", "--drift", "Keep what completed profiles would have to allow (profile diff)", o => o.Profiles.Drift, (o, v) => o.Profiles.Drift = v),
        Duration("profiles.checkpointInterval", "--checkpoint-interval", "Time between two checkpoints of what is being learned", Second, o => o.Profiles.CheckpointInterval, (o, v) => o.Profiles.CheckpointInterval = v),

        new("flows.maxSize", "--flow-history-size", "SIZE", "Most that is kept of observed flows, for policy check: those not seen for the longest time go first; 0 = nothing is kept", (o, v) => o.Flows.MaxBytes = v == "0" ? 0 : SettingValue.Size(v, 64 << 10), o => SettingValue.Show(o.Flows.MaxBytes)),
        Duration("flows.maxAge", "--flow-history-age", "Time after which a flow that is not seen any more is dropped from them", Second, o => o.Flows.MaxAge, (o, v) => o.Flows.MaxAge = v),
        Duration("flows.interval", "--flow-history-interval", "Time between two writes of observed flows", Second, o => o.Flows.Interval, (o, v) => o.Flows.Interval = v),

        new("rules.path", "--rules-path", "DIR", "Folder of YAML files with rules, bindings and exceptions, read again when they change; empty = none", (o, v) => o.Rules.Path = v.Length == 0 ? v : Path.GetFullPath(v), o => o.Rules.Path),
        Switch("rules.library", "--rules-library", "Judge by the rules that come with the agent; a rule of the folder takes the place of that with the same id", o => o.Rules.Library, (o, v) => o.Rules.Library = v),
        Switch("rules.cluster", "--rules-cluster", "Follow the Rules, RuntimeRuleAlertBindings and RuleExceptions of the cluster; where it has Rules, those that come with the agent are left out", o => o.Rules.Cluster, (o, v) => o.Rules.Cluster = v),
        new("rules.enabled", "--rules-enable", "IDS", "Rules that are off by themselves and are to be on, by comma", (o, v) => o.Rules.Enabled = List(v), o => string.Join(',', o.Rules.Enabled)),
        new("rules.disabled", "--rules-disable", "IDS", "Rules that are to be off, by comma", (o, v) => o.Rules.Disabled = List(v), o => string.Join(',', o.Rules.Disabled)),
        Duration("rules.cooldown", "--cooldown", "Time in which repeats of one alert are counted instead of sent", TimeSpan.Zero, o => o.Rules.Cooldown, (o, v) => o.Rules.Cooldown = v),
        new("rules.cpuBudget", "--rules-cpu-budget", "PERCENT", "Share of one core that one rule may take; above it the rule is not asked for a while about the containers that make it dear; 0 = unlimited", (o, v) => o.Rules.CpuBudgetPercent = SettingValue.Number(v, 0, 100), o => o.Rules.CpuBudgetPercent.ToString(CultureInfo.InvariantCulture)),
        Switch("rules.privateAddresses", "--rules-private-addresses", "Unexpected egress (R0011) also judges private addresses", o => o.Rules.PrivateAddresses, (o, v) => o.Rules.PrivateAddresses = v),
        Switch("rules.whileLearning", "--rules-while-learning", "Profile rules also judge by what a profile has learned by now, from its first write on", o => o.Rules.WhileLearning, (o, v) => o.Rules.WhileLearning = v),
        Switch("rules.host", "--rules-host", "Profile rules also judge processes that are in no unit of their own", o => o.Rules.Host, (o, v) => o.Rules.Host = v),

        Switch("hostScan.enabled", "--host-scan", "Scan the node from time to time: what it is, whether it is hardened, and what changed", o => o.HostScan.Enabled, (o, v) => o.HostScan.Enabled = v),
        Duration("hostScan.interval", "--host-scan-interval", "Time between two scans of the node", TimeSpan.FromSeconds(10), o => o.HostScan.Interval, (o, v) => o.HostScan.Interval = v),
        Duration("hostScan.filesInterval", "--host-scan-files-interval", "Time between two walks over the node's files (SUID, world-writable, unowned), the dearest part of a scan", TimeSpan.Zero, o => o.HostScan.FilesInterval, (o, v) => o.HostScan.FilesInterval = v),
        Duration("hostScan.initialDelay", "--host-scan-delay", "Time from the agent's start to the first scan of the node", TimeSpan.Zero, o => o.HostScan.InitialDelay, (o, v) => o.HostScan.InitialDelay = v),
        Switch("hostScan.drift", "--host-scan-drift", "Alert on what changed between two scans of the node: ports, modules, SUID files, users, settings", o => o.HostScan.Drift, (o, v) => o.HostScan.Drift = v),
        Switch("hostScan.cloudMetadata", "--host-scan-cloud-metadata", "Ask the metadata services of the large clouds (169.254.169.254), to see what they give to whoever asks", o => o.HostScan.CloudMetadata, (o, v) => o.HostScan.CloudMetadata = v),
        new("hostScan.root", "--host-scan-root", "DIR", "Directory in which the root of the scanned node is mounted; empty = containers.hostRoot, or /", (o, v) => o.HostScan.Root = v.Length == 0 ? v : Path.GetFullPath(v), o => o.HostScan.Root),
        new("hostScan.checks", "--host-scan-checks", "DIR", "Folder of YAML files with own checks, beside those that come with the agent; empty = none", (o, v) => o.HostScan.Checks = v.Length == 0 ? v : Path.GetFullPath(v), o => o.HostScan.Checks),
        new("hostScan.exceptions", "--host-scan-exceptions", "PATH", "File or folder of exceptions: checks that may fail until a day; empty = none", (o, v) => o.HostScan.Exceptions = v.Length == 0 ? v : Path.GetFullPath(v), o => o.HostScan.Exceptions),
        new("hostScan.namespace", "--host-scan-namespace", "NAME", "Namespace of the object with the results of the checks; empty = default", (o, v) => o.HostScan.Namespace = v.Trim(), o => o.HostScan.Namespace),

        Patterns("integrity.paths", "--integrity-paths", "Files and folders of the machine whose changes are alerts, with who made them and digests from and to, by comma; * stands for a part of a name", o => o.Integrity.Paths, (o, v) => o.Integrity.Paths = v),
        Patterns("integrity.containerPaths", "--integrity-container-paths", "The same of every container, as it sees them", o => o.Integrity.ContainerPaths, (o, v) => o.Integrity.ContainerPaths = v),
        Patterns("integrity.exclude", "--integrity-exclude", "What is in those and is not meant", o => o.Integrity.Exclude, (o, v) => o.Integrity.Exclude = v),
        new("integrity.maxFileSize", "--integrity-max-file-size", "SIZE", "Size up to which contents are read; of larger files size and time are compared", (o, v) => o.Integrity.MaxFileBytes = SettingValue.Size(v, 1), o => SettingValue.Show(o.Integrity.MaxFileBytes)),
        new("integrity.maxFiles", "--integrity-max-files", "N", "Files and folders of the machine that the baseline holds", (o, v) => o.Integrity.MaxFiles = SettingValue.Number(v, 1, 1_000_000), o => o.Integrity.MaxFiles.ToString(CultureInfo.InvariantCulture)),
        Duration("integrity.repeatAfter", "--integrity-repeat-after", "Time in which further changes of one file by one program are counted instead of sent", TimeSpan.Zero, o => o.Integrity.RepeatAfter, (o, v) => o.Integrity.RepeatAfter = v),

        Switch("alerts.stdout", "--alerts-stdout", "Print each alert as one JSON line", o => o.Alerts.Stdout, (o, v) => o.Alerts.Stdout = v),
        new("alerts.file", "--alerts-file", "PATH", "File that takes each alert as one JSON line; empty = alerts.jsonl in the data directory", (o, v) => o.Alerts.File = v.Length == 0 ? v : Path.GetFullPath(v), o => o.Alerts.File),
        new("alerts.fileMaxSize", "--alerts-file-max-size", "SIZE", "Size at which the alert file is rotated", (o, v) => o.Alerts.FileMaxBytes = SettingValue.Size(v, 4 << 10), o => SettingValue.Show(o.Alerts.FileMaxBytes)),
        new("alerts.fileMaxCount", "--alerts-file-max-count", "N", "Rotated alert files that are kept", (o, v) => o.Alerts.FileMaxCount = SettingValue.Number(v, 0, 1000), o => o.Alerts.FileMaxCount.ToString(CultureInfo.InvariantCulture)),

        new("storage.kubeconfig", "--storage-kubeconfig", "FILE", "Credentials of a central storage that takes the profiles instead of the embedded one; empty = the embedded one", (o, v) => o.Storage.Kubeconfig = v.Length == 0 ? v : Path.GetFullPath(v), o => o.Storage.Kubeconfig),
        Endpoint("storage.address", "--storage-address", "Address of the embedded Kubernetes API", o => o.Storage.Address, (o, v) => o.Storage.Address = v),
        Endpoint("operations.address", "--ops-address", "Address of /livez, /readyz and /metrics", o => o.Operations.Address, (o, v) => o.Operations.Address = v),

        new("admission.address", "--admission-address", "ADDRESS:PORT", "Address of the endpoint that the API server asks about requests (POST /validate, over TLS), so that kubectl exec and port-forward are alerts; empty = off", (o, v) => o.Admission.Address = v.Length == 0 ? v : SettingValue.Endpoint(v), o => o.Admission.Address),
        File("admission.certFile", "--admission-cert-file", "Certificate of that endpoint, with what stands above it, PEM; followed", o => o.Admission.CertFile, (o, v) => o.Admission.CertFile = v),
        File("admission.keyFile", "--admission-key-file", "Key of that certificate, PEM; followed", o => o.Admission.KeyFile, (o, v) => o.Admission.KeyFile = v),
        File("admission.clientCaFile", "--admission-client-ca-file", "Authorities whose client certificates the API server must show there, PEM; followed. Empty = whoever reaches the port is heard", o => o.Admission.ClientCaFile, (o, v) => o.Admission.ClientCaFile = v),
    ];

    /// <summary>What only the file can hold.</summary>
    public static IReadOnlyList<ListSetting<AgentOptions>> Lists { get; } = [new("alerts.sinks", (o, section) => o.Alerts.Sinks.Add(SinkSettings.Read(section, o.Alerts.Sinks))), new("integrity.watches", (o, section) => o.Integrity.Watches.Add(WatchSettings.Read(section)))];

    private static Setting Text(string key, string flag, string valueName, string help, Func<AgentOptions, string> get, Action<AgentOptions, string> set) =>
        new(key, flag, valueName, help, (o, v) => set(o, SettingValue.NotEmpty(v)), get);

    private static Setting Duration(string key, string flag, string help, TimeSpan least, Func<AgentOptions, TimeSpan> get, Action<AgentOptions, TimeSpan> set) =>
        new(key, flag, "DURATION", help, (o, v) => set(o, SettingValue.Duration(v, least)), o => SettingValue.Show(get(o)));

    private static Setting Switch(string key, string flag, string help, Func<AgentOptions, bool> get, Action<AgentOptions, bool> set) =>
        new(key, flag, "BOOL", help, (o, v) => set(o, SettingValue.Switch(v)), o => get(o) ? "true" : "false") { IsSwitch = true };

    private static Setting Endpoint(string key, string flag, string help, Func<AgentOptions, string> get, Action<AgentOptions, string> set) =>
        new(key, flag, "ADDRESS:PORT", help, (o, v) => set(o, SettingValue.Endpoint(v)), get);

    private static Setting File(string key, string flag, string help, Func<AgentOptions, string> get, Action<AgentOptions, string> set) =>
        new(key, flag, "FILE", help, (o, v) => set(o, v.Length == 0 ? v : Path.GetFullPath(v)), get);

    private static Setting Budget(string key, string flag, BudgetBucket bucket, string what) =>
        new(key, flag, "RATE/BURST", $"Records per second and at once that one container gets for {what}; 0 = unlimited", (o, v) => o.Bpf.Filter.Budgets[bucket] = FilterText.ToBudget(v), o => FilterText.Show(o.Bpf.Filter.Budgets[bucket]));

    private static Setting Patterns(string key, string flag, string help, Func<AgentOptions, IReadOnlyList<PathPattern>> get, Action<AgentOptions, IReadOnlyList<PathPattern>> set) =>
        new(key, flag, "PATHS", help, (o, v) => set(o, [.. List(v).Select(PathPattern.Parse)]), o => string.Join(',', get(o).Select(pattern => pattern.Text)));

    private static string[] List(string text) =>
        text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static string Pins(string text)
    {
        string path = text.Length == 0 ? text : Path.GetFullPath(text);
        return path.Length == 0 || PinPath.FaultOf(path) is not { } fault ? path : throw new FormatException($"'{path}': {fault}");
    }

    private static Dictionary<string, string> Pairs(string text)
    {
        var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string item in List(text))
        {
            string[] parts = item.Split('=', StringSplitOptions.TrimEntries);
            if (parts is not [{ Length: > 0 } sensor, { Length: > 0 } variant])
            {
                throw new FormatException($"'{item}' is not of the shape sensor=variant, such as file=tracepoint");
            }

            if (!pairs.TryAdd(sensor, variant))
            {
                throw new FormatException($"'{sensor}' is there twice");
            }
        }

        return pairs;
    }

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
