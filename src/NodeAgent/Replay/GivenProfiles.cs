// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using NodeAgent.Api.Json;
using NodeAgent.Api.Names;
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Cli;
using NodeAgent.Events.Identity;
using NodeAgent.Pipeline;
using NodeAgent.Profiles.Matching;
using NodeAgent.Rules.Profiles;

namespace NodeAgent.Replay;

/// <summary>Profiles from files, as the completed profiles of a recording's containers. For the loop's thread.</summary>
/// <remarks>
/// An entry is for the containers of its name, or of that id or workload. Where all entries have one name, or none, they are for every unit but the machine
/// itself: most recordings are of one container.
/// </remarks>
internal sealed class GivenProfiles : IProfileLookup
{
    private readonly List<(string Container, ContainerProfileSpec Spec)> _entries = [];
    private readonly Dictionary<string, ProfileView?> _views = new(StringComparer.Ordinal);
    private string _name = string.Empty;

    /// <returns>Null = no file is given.</returns>
    /// <exception cref="CommandException">A file cannot be read, or is no profile.</exception>
    public static GivenProfiles? Read(IReadOnlyList<string> files)
    {
        if (files.Count == 0)
        {
            return null;
        }

        var profiles = new GivenProfiles();
        foreach (string file in files)
        {
            foreach (JsonNode document in YamlFile.Read(file))
            {
                profiles.Add(file, document);
            }
        }

        return profiles;
    }

    public bool TryGet(ContainerInfo container, [NotNullWhen(true)] out ProfileView? view)
    {
        ContainerIdentity identity = container.Identity;
        if (identity.Kind is UnitKind.Host or UnitKind.Unknown)
        {
            view = null;
            return false;
        }

        string key = string.Join('\n', identity.ContainerName, identity.ContainerId, identity.Workload.Name);
        if (!_views.TryGetValue(key, out view))
        {
            _views[key] = view = Make(identity);
        }

        return view is not null;
    }

    private ProfileStateView? Make(ContainerIdentity identity)
    {
        bool isForAll = _entries.Select(entry => entry.Container).Where(name => name.Length > 0).Distinct().Take(2).Count() < 2;
        ContainerProfileSpec[] specs = [.. _entries
            .Where(entry => isForAll || entry.Container.Length == 0 || entry.Container == identity.ContainerName || entry.Container == identity.ContainerId || entry.Container == identity.Workload.Name)
            .Select(entry => entry.Spec)];
        return specs.Length == 0
            ? null
            : new ProfileStateView(new ProfileState(identity.PodNamespace, _name, ProfileStatus.Completed, "complete", new CompletedProfile(specs, identity.PodNamespace)), null, null);
    }

    private void Add(string file, JsonNode document)
    {
        switch ((document as JsonObject)?["kind"]?.ToString())
        {
            case "ContainerProfile":
                AddContainer(Parse(file, document, ApiJsonContext.Default.ContainerProfile));
                break;
            case "ApplicationProfile":
                AddApplication(Parse(file, document, ApiJsonContext.Default.ApplicationProfile));
                break;
            case "NetworkNeighborhood":
                AddNetwork(Parse(file, document, ApiJsonContext.Default.NetworkNeighborhood));
                break;
            case { } other:
                throw new CommandException($"{file}: kind '{other}' is none of ContainerProfile, ApplicationProfile, NetworkNeighborhood");
            default:
                throw new CommandException($"{file}: has no kind");
        }
    }

    private void AddContainer(ContainerProfile profile)
    {
        _name = profile.Metadata.Name ?? _name;
        if (profile.Spec is not { } spec)
        {
            return;
        }

        ContainerProfileContainer[] grouped = [.. spec.Containers ?? [], .. spec.InitContainers ?? [], .. spec.EphemeralContainers ?? []];
        _entries.AddRange(grouped.Length == 0 ? [(string.Empty, spec)] : grouped.Select(one => (one.Name ?? string.Empty, new ContainerProfileSpec
        {
            Capabilities = one.Capabilities,
            Execs = one.Execs,
            Opens = one.Opens,
            Syscalls = one.Syscalls,
            Endpoints = one.Endpoints,
            RulePolicies = one.RulePolicies,
            Ingress = one.Ingress,
            Egress = one.Egress,
        })));
    }

    private void AddApplication(ApplicationProfile profile)
    {
        _name = profile.Metadata.Name ?? _name;
        ApplicationProfileContainer[] all = [.. profile.Spec?.Containers ?? [], .. profile.Spec?.InitContainers ?? [], .. profile.Spec?.EphemeralContainers ?? []];
        _entries.AddRange(all.Select(one => (one.Name ?? string.Empty, new ContainerProfileSpec
        {
            Capabilities = one.Capabilities,
            Execs = one.Execs,
            Opens = one.Opens,
            Syscalls = one.Syscalls,
            Endpoints = one.Endpoints,
            RulePolicies = one.RulePolicies,
        })));
    }

    private void AddNetwork(NetworkNeighborhood profile)
    {
        NetworkNeighborhoodContainer[] all = [.. profile.Spec?.Containers ?? [], .. profile.Spec?.InitContainers ?? [], .. profile.Spec?.EphemeralContainers ?? []];
        _entries.AddRange(all.Select(one => (one.Name ?? string.Empty, new ContainerProfileSpec { Ingress = one.Ingress, Egress = one.Egress })));
    }

    private static T Parse<T>(string file, JsonNode document, JsonTypeInfo<T> type)
        where T : class
    {
        bool isUsable = ProfileValidation.TryRead(file, Encoding.UTF8.GetBytes(document.ToJsonString()), type, out T? profile, out ProfileReport report);
        return isUsable && report.Errors.Count == 0
            ? profile!
            : throw new CommandException(report.Errors.Count == 0 ? $"{file}: nothing of it can be used" : report.Errors[0].ToString());
    }
}
