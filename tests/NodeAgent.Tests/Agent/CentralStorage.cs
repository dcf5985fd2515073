// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using NodeAgent.Storage;
using NodeAgent.Storage.Security.Access;
using YamlDotNet.RepresentationModel;

namespace NodeAgent.Tests.Agent;

/// <summary>A storage outside of the agent, which lets it in by a token in a file and gives it the rights that the chart gives it, no more.</summary>
internal sealed class CentralStorage : IAsyncDisposable
{
    private const string Token = "token-of-the-agents-account";

    private readonly ScratchFolder _scratch = new();
    private readonly ChartRights _rights = new();

    private CentralStorage()
    {
    }

    public StorageServer Server { get; private set; } = null!;

    /// <summary>Shape: <c>verb plural.group</c>, of what the chart grants.</summary>
    public IReadOnlySet<string> Granted => _rights.Granted;

    /// <summary>What was asked for, in that shape.</summary>
    public IReadOnlySet<string> Asked => _rights.Asked.Keys.ToHashSet(StringComparer.Ordinal);

    /// <summary>As the chart writes it: beside it the authority and the token, in files.</summary>
    public string Kubeconfig => _scratch["access/kubeconfig"];

    public static async Task<CentralStorage> StartAsync()
    {
        var central = new CentralStorage();
        var options = new StorageOptions
        {
            DataDirectory = central._scratch["data"],
            ListenAddress = "127.0.0.1:0",
            Access = new StorageAccess { Tokens = new OneToken(), Reviewer = central._rights },
        };
        central.Server = await StorageServer.StartAsync(options, NullLoggerFactory.Instance, TimeProvider.System, TestContext.Current.CancellationToken);
        central._scratch.Write("access/ca.crt", central.Server.CaCertificate.ExportCertificatePem());
        central._scratch.Write("access/token", Token + "\n");
        central._scratch.Write("access/kubeconfig", $$$"""
            apiVersion: v1
            kind: Config
            clusters: [{name: storage, cluster: {server: "{{{central.Server.Address.GetLeftPart(UriPartial.Authority)}}}", certificate-authority: ca.crt}}]
            users: [{name: agent, user: {tokenFile: token}}]
            contexts: [{name: storage, context: {cluster: storage, user: agent}}]
            current-context: storage
            """);
        return central;
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _scratch.Dispose();
    }

    private sealed class OneToken : ITokenReviewer
    {
        private static readonly Caller Agent = new("system:serviceaccount:node-agent:node-agent", string.Empty, ["system:serviceaccounts"], Caller.NoExtra);

        public Task<Caller?> ReviewAsync(string token, CancellationToken cancellationToken) => Task.FromResult(token == Token ? Agent : null);
    }

    /// <summary>The rules of the chart's ClusterRole for agents.</summary>
    private sealed class ChartRights : IAccessReviewer
    {
        private const string Start = "{{- define \"node-agent.storage.agentRules\" -}}";
        private const string End = "{{- end -}}";

        public HashSet<string> Granted { get; } = [.. Read()];

        public ConcurrentDictionary<string, byte> Asked { get; } = new(StringComparer.Ordinal);

        public Task<AccessDecision> ReviewAsync(AccessRequest request, CancellationToken cancellationToken)
        {
            string right = $"{request.Verb} {request.Resource}.{request.Group}";
            Asked[right] = 0;
            return Task.FromResult(new AccessDecision(Granted.Contains(right), string.Empty));
        }

        private static IEnumerable<string> Read()
        {
            string template = File.ReadAllText(RepositoryRoot.File("charts/node-agent/templates/storage/_helpers.tpl"));
            int start = template.IndexOf(Start, StringComparison.Ordinal) + Start.Length;
            var yaml = new YamlStream();
            yaml.Load(new StringReader(template[start..template.IndexOf(End, start, StringComparison.Ordinal)]));
            return
                from rule in ((YamlSequenceNode)yaml.Documents[0].RootNode).Cast<YamlMappingNode>()
                from api in (YamlSequenceNode)rule["apiGroups"]
                from resource in (YamlSequenceNode)rule["resources"]
                from verb in (YamlSequenceNode)rule["verbs"]
                select $"{verb} {resource}.{api}";
        }
    }
}
