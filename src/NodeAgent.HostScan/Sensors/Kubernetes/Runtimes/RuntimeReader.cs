// SPDX-License-Identifier: Apache-2.0
using NodeAgent.HostScan.Configuration;
using NodeAgent.HostScan.Processes;

namespace NodeAgent.HostScan.Sensors.Kubernetes.Runtimes;

/// <summary>Reads how one container runtime is set up.</summary>
internal abstract class RuntimeReader
{
    protected const int MaxFiles = 64;

    // A list of everything that a registry needs to know who asks.
    private static readonly HashSet<string> Credentials = new(StringComparer.OrdinalIgnoreCase) { "auth", "auths", "header", "headers", "credHelpers", "credsStore" };

    public abstract string Name { get; }

    /// <summary>Shape: name of its executable.</summary>
    public abstract string Program { get; }

    /// <param name="process">Null when it does not run.</param>
    public abstract RuntimeFacts Read(SensorRun run, HostProcess? process);

    protected static IReadOnlyList<ProgramFlag> Flags(HostProcess? process) => process is null ? [] : ProgramFlag.Parse([.. process.Arguments.Skip(1)]);

    /// <summary>A part of the configuration, below a path of its own.</summary>
    protected static void SetAll(SettingList settings, ConfigNode? node, string source, string path = "")
    {
        foreach ((string name, ConfigNode value) in node?.Members ?? [])
        {
            string key = path.Length == 0 ? name : $"{path}.{name}";
            if (Credentials.Contains(name))
            {
                continue;
            }

            if (value.IsMap)
            {
                SetAll(settings, value, source, key);
            }
            else if (value.IsList && value.Items.All(item => item.Text is not null))
            {
                settings.Set(key, value.Texts, source, value.Line);
            }
            else
            {
                settings.Set(key, value.Scalar, source, value.Line);
            }
        }
    }
}

/// <summary>What a runtime's files and flags say.</summary>
internal sealed class RuntimeFacts
{
    public SettingList Settings { get; } = new();

    /// <summary>In the order in which they are read.</summary>
    public List<string> Files { get; } = [];

    public List<string> Sockets { get; } = [];

    public SortedSet<string> InsecureRegistries { get; } = new(StringComparer.Ordinal);
}
