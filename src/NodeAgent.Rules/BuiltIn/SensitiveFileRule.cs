// SPDX-License-Identifier: Apache-2.0
using System.Text;
using NodeAgent.Api.Alerts;
using NodeAgent.Events;
using NodeAgent.Events.Files;
using NodeAgent.Events.Text;
using NodeAgent.Rules.Alerts;
using NodeAgent.Rules.Profiles;

namespace NodeAgent.Rules.BuiltIn;

/// <summary>R0010: an open of a file that holds secrets of the system, refused ones included; of the host's too, wherever they are mounted.</summary>
internal sealed class SensitiveFileRule(IReadOnlyList<string> pathPrefixes) : IRule<OpenEvent>
{
    private const uint NoSuchFile = 2;
    private const uint NotADirectory = 20;
    private readonly byte[][] _prefixes = [.. pathPrefixes.Select(Encoding.UTF8.GetBytes)];
    private readonly HostPaths _hosts = new(pathPrefixes);

    public RuleDescriptor Descriptor { get; } = new()
    {
        Id = "R0010",
        Name = "Unexpected Sensitive File Access",
        Description = "A file with secrets of the system was opened by a workload that does not usually do so.",
        Severity = 5,
        MitreTactic = "TA0006",
        MitreTechnique = "T1005",
        ProfileDependency = ProfileDependency.Optional,
        IsTriggerAlert = true,
        Tags = ["anomaly", "files", "open", "context:container", "context:host", "context:standalone"],
    };

    public bool Matches(in OpenEvent source, RuleContext context)
    {
        ReadOnlySpan<byte> path = source.Path;
        foreach (byte[] prefix in _prefixes)
        {
            if (path.StartsWith(prefix))
            {
                return IsThere(in source);
            }
        }

        return _hosts.TryFind(context.Configuration, path, out _) && IsThere(in source);
    }

    // Looking for a file that is not there tells nothing; being refused one does.
    private static bool IsThere(in OpenEvent source) => source.Record.Error is not (NoSuchFile or NotADirectory);

    public bool IsExpected(in OpenEvent source, ProfileView profile) => profile.WasOpened(source.Path);

    /// <summary>comm_path</summary>
    public void WriteUniqueId(in OpenEvent source, RuleContext context, UniqueIdHasher uniqueId) =>
        uniqueId.Append(ExecPath.Comm(in source.Record.Header)).Separate().Append(source.Path);

    public AlertFacts Describe(in OpenEvent source, RuleContext context)
    {
        string path = ByteText.Decode(source.Path);
        string comm = ByteText.Decode(ExecPath.Comm(in source.Record.Header));
        int slash = path.LastIndexOf('/');
        string whose = _hosts.TryFind(context.Configuration, source.Path, out HostPath host) ? $", which is the host's {host.Of(path)}," : string.Empty;
        string refused = source.Failed ? $" (refused, errno {source.Record.Error})" : string.Empty;
        return new AlertFacts(
            $"Unexpected sensitive file access: {path}{whose} by {comm} with PID {source.Record.Header.Pid}{refused}",
            new AlertArguments
            {
                Path = path,
                Flags = OpenFlagNames.Of(source.Record.Flags),
                Errno = source.Failed ? (int)source.Record.Error : null,
            },
            new AlertIdentifiers { File = new AlertFileIdentifier(path[(slash + 1)..], slash <= 0 ? "/" : path[..slash]) });
    }
}
