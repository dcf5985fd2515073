// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using NodeAgent.Events.Identity;

namespace NodeAgent.Enrichment.Containers.Oci;

/// <summary>What we read of a bundle's <c>config.json</c>.</summary>
/// <remarks>Source: the OCI runtime specification. Lists are cut at <see cref="MaxItems"/>: the file is as long as whoever wrote it wanted.</remarks>
/// <param name="Annotations">What the CRI implementations say there of pod and container.</param>
internal sealed record OciSpec(IReadOnlyDictionary<string, string> Annotations, ContainerConfiguration Configuration)
{
    private const int MaxItems = 512;

    /// <param name="json">The file.</param>
    /// <param name="isHosts">Whether a path, which a container is to join, leads to the host's namespace: containerd writes one for pods of the host's network.</param>
    /// <returns>Null when this is no configuration, or only half written.</returns>
    public static OciSpec? Parse(ReadOnlyMemory<byte> json, Func<string, bool> isHosts)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 32 });
            JsonElement spec = document.RootElement;
            return Json.Text(spec, "ociVersion").Length == 0 ? null : new OciSpec(Json.Map(spec, "annotations", MaxItems), Read(spec, isHosts));
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static ContainerConfiguration Read(JsonElement spec, Func<string, bool> isHosts)
    {
        JsonElement process = Json.Object(spec, "process"), linux = Json.Object(spec, "linux"), user = Json.Object(process, "user");
        string[] capabilities = Json.Texts(Json.Object(process, "capabilities"), "bounding", MaxItems);
        string seccomp = Json.Text(Json.Object(linux, "seccomp"), "defaultAction");
        string[] own = [.. Json.Items(linux, "namespaces", MaxItems).Where(item => !isHosts(Json.Text(item, "path"))).Select(item => Json.Text(item, "type"))];
        return new ContainerConfiguration
        {
            Mounts = [.. Json.Items(spec, "mounts", MaxItems).Select(Mount)],
            EnvironmentNames = [.. Json.Texts(process, "env", MaxItems).Select(NameOf)],
            Args = Json.Texts(process, "args", MaxItems),
            Uid = Json.Number(user, "uid"),
            Gid = Json.Number(user, "gid"),
            Capabilities = capabilities,
            NoNewPrivileges = Json.IsTrue(process, "noNewPrivileges"),
            ReadOnlyRootFilesystem = Json.IsTrue(Json.Object(spec, "root"), "readonly"),
            Privileged = seccomp.Length == 0 && capabilities.Contains("CAP_SYS_ADMIN") && !Json.Items(linux, "maskedPaths", 1).Any(),
            SeccompDefaultAction = seccomp,
            AppArmorProfile = Json.Text(process, "apparmorProfile"),
            SelinuxLabel = Json.Text(process, "selinuxLabel"),
            HostNetwork = !own.Contains("network"),
            HostPid = !own.Contains("pid"),
            HostIpc = !own.Contains("ipc"),
            UserNamespace = own.Contains("user"),
        };
    }

    private static ContainerMount Mount(JsonElement mount)
    {
        string[] options = Json.Texts(mount, "options", MaxItems);
        string type = Json.Text(mount, "type");
        bool isBind = type is "bind" || options.Contains("bind") || options.Contains("rbind");
        return new ContainerMount(Json.Text(mount, "destination"), Json.Text(mount, "source"), isBind ? "bind" : type, options.Contains("ro"));
    }

    private static string NameOf(string variable)
    {
        int split = variable.IndexOf('=', StringComparison.Ordinal);
        return split < 0 ? variable : variable[..split];
    }
}
