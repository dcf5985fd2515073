// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using NodeAgent.Configuration;
using NodeAgent.Export.Storage;

namespace NodeAgent.Cli;

/// <summary>The flags of the commands that read the storage.</summary>
internal sealed class StorageFlags
{
    private readonly Option<string?> _kubeconfig = new("--kubeconfig")
    {
        Description = "Credentials of the storage [NODE_AGENT_STORAGE_KUBECONFIG, default kubeconfig in the data directory]",
        HelpName = "FILE",
    };

    private readonly Option<string?> _dataDirectory = new("--data-dir")
    {
        Description = "Data directory of the agent [NODE_AGENT_DATA_DIRECTORY, default /var/lib/node-agent]",
        HelpName = "DIR",
    };

    private readonly Option<string?> _namespace = new("--namespace", "-n") { Description = "Namespace; default: default", HelpName = "NAMESPACE" };
    private readonly Option<bool> _all = new("--all-namespaces", "-A") { Description = "All namespaces" };

    public void AddTo(Command command, bool withAllNamespaces)
    {
        command.Options.Add(_kubeconfig);
        command.Options.Add(_dataDirectory);
        command.Options.Add(_namespace);
        if (withAllNamespaces)
        {
            command.Options.Add(_all);
        }
    }

    /// <returns>Null = all.</returns>
    public string? Namespace(ParseResult arguments) =>
        arguments.GetValue(_all) ? null : arguments.GetValue(_namespace) ?? "default";

    public bool AllNamespaces(ParseResult arguments) => arguments.GetValue(_all);

    /// <remarks>Errors: <see cref="CommandException"/> when there are no credentials: no agent has run there.</remarks>
    public StorageConnection Connect(ParseResult arguments)
    {
        AgentOptions options = Options(arguments);
        bool isCentral = options.Storage.Kubeconfig.Length > 0 && arguments.GetValue(_dataDirectory) is null;
        string file = arguments.GetValue(_kubeconfig) ?? (isCentral ? options.Storage.Kubeconfig : options.InDataDirectory("kubeconfig"));
        return File.Exists(file)
            ? Kubeconfig.Load(file)
            : throw new CommandException($"{file} does not exist: is the agent running with another --data-dir?");
    }

    /// <summary>A path below the data directory that is meant.</summary>
    public string InDataDirectory(ParseResult arguments, string name) => Options(arguments).InDataDirectory(name);

    private AgentOptions Options(ParseResult arguments)
    {
        var flags = new Dictionary<string, string>(StringComparer.Ordinal);
        if (arguments.GetValue(_dataDirectory) is { } directory)
        {
            flags["dataDirectory"] = directory;
        }

        return ConfigurationLoader.Load(null, SettingOptions.Variables(), flags);
    }
}
