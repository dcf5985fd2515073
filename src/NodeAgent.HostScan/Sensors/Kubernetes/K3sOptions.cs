// SPDX-License-Identifier: Apache-2.0
using NodeAgent.HostScan.Configuration;
using NodeAgent.HostScan.Processes;

namespace NodeAgent.HostScan.Sensors.Kubernetes;

/// <summary>The options of k3s: its command line over its configuration files. Source: docs.k3s.io, configuration options.</summary>
internal static class K3sOptions
{
    private const string File = "/etc/rancher/k3s/config.yaml";
    private const string Folder = File + ".d";
    private const int MaxFiles = 64;

    /// <summary>In order of precedence, the strongest last. A list that the command line has takes the place of that of the files.</summary>
    /// <param name="allRead">Whether every file that is there could be read.</param>
    public static IReadOnlyList<ProgramFlag> Read(SensorRun run, HostProcess k3s, out bool allRead)
    {
        allRead = true;
        IReadOnlyList<ProgramFlag> given = ProgramFlag.Parse([.. k3s.Arguments.Skip(1)]);
        var options = new List<ProgramFlag>();
        foreach (string file in run.Files(Folder, MaxFiles, ".yaml", ".yml").Prepend(File))
        {
            ConfigNode? parsed = run.Parse(file, ConfigText.ParseYamlOrJson);
            allRead &= parsed is not null || !run.Root.Exists(file);
            foreach ((string key, ConfigNode value) in parsed?.Members ?? [])
            {
                string name = key.TrimEnd('+');
                if (!key.EndsWith('+'))
                {
                    options.RemoveAll(option => option.Name == name);
                }

                // A scalar stands on its own line, an item of a list on that of its own.
                options.AddRange(value.IsList
                    ? value.Items.Where(item => item.Text is not null).Select(item => new ProgramFlag(name, item.Text!, file, item.Line))
                    : value.Texts.Select(text => new ProgramFlag(name, text, file, value.Line)));
            }
        }

        options.RemoveAll(option => given.Any(flag => flag.Name == option.Name));
        return [.. options, .. given];
    }

    /// <summary>What it passes to one of its components.</summary>
    /// <param name="option">Shape: <c>kubelet-arg</c>; its values are <c>name=value</c>.</param>
    public static IEnumerable<ProgramFlag> PassedTo(IEnumerable<ProgramFlag> options, string option) =>
        options.Where(given => given.Name == option).Select(given =>
        {
            string[] parts = given.Value.TrimStart('-').Split('=', 2);
            return given with { Name = parts[0], Value = parts.Length > 1 ? parts[1] : "true" };
        });
}
