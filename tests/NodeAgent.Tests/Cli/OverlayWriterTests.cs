// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using NodeAgent.Api.Drift;
using NodeAgent.Api.Meta;
using NodeAgent.Api.Names;
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Cli;
using NodeAgent.Export.Storage;
using NodeAgent.TestSupport.Kubernetes;

namespace NodeAgent.Tests.Cli;

/// <summary>Against a double of a storage that keeps what it is given as it is.</summary>
public sealed class OverlayWriterTests
{
    private const string Root = "/apis/spdx.softwarecomposition.kubescape.io/v1beta1/namespaces/shop/applicationprofiles";
    private readonly ConcurrentDictionary<string, JsonObject> _stored = new();

    [Fact]
    public async Task Add_ToAnOverlayOfANewerVersion_KeepsWhatItDoesNotKnow()
    {
        _stored[Root + "/ug-deployment-web"] = JsonNode.Parse("""
            {"apiVersion":"spdx.softwarecomposition.kubescape.io/v1beta1","kind":"ApplicationProfile",
             "metadata":{"name":"ug-deployment-web","namespace":"shop","resourceVersion":"7","annotations":{"kubescape.io/managed-by":"User","theirs":"x"}},
             "future":[1],
             "spec":{"future":{"kept":true},"containers":[{"name":"main","future":2,"execs":[{"path":"/bin/a","future":"3"}]},{"name":"other","future":4}]}}
            """)!.AsObject();
        using var authority = new TestAuthority("storage");
        await using TestHttpsServer server = await TestHttpsServer.StartAsync(authority, HandleAsync);
        using var client = new StorageClient(new StorageConnection
        {
            Server = new Uri(server.Address),
            Token = "t",
            CertificateAuthorities = [X509Certificate2.CreateFromPem(authority.Pem)],
        });

        await OverlayWriter.AddAsync(client, Drift("/bin/sh"), TestContext.Current.CancellationToken);

        JsonObject overlay = _stored[Root + "/ug-deployment-web"];
        Assert.Equal("""[1]""", overlay["future"]!.ToJsonString());
        Assert.Equal("""{"kept":true}""", overlay["spec"]!["future"]!.ToJsonString());
        JsonArray containers = overlay["spec"]!["containers"]!.AsArray();
        Assert.Equal(("2", "4"), (containers[0]!["future"]!.ToJsonString(), containers[1]!["future"]!.ToJsonString()));
        Assert.Equal(["/bin/a 3", "/bin/sh "], containers[0]!["execs"]!.AsArray().Select(exec => $"{exec!["path"]} {exec["future"]}"));
        Assert.Equal("x", overlay["metadata"]!["annotations"]!["theirs"]!.ToString());
    }

    private static ProfileDrift Drift(string path) => new()
    {
        Metadata = new ObjectMeta
        {
            Name = "web",
            Namespace = "shop",
            Annotations = new Dictionary<string, string>
            {
                [KubescapeAnnotations.WorkloadSlug] = "deployment-web",
                [KubescapeAnnotations.InstanceId] = "apiVersion-apps/v1/namespace-shop/kind-Deployment/name-web/containerName-main",
            },
        },
        Spec = new ContainerProfileSpec { Execs = [new ExecCalls { Path = path }] },
    };

    private async Task HandleAsync(HttpContext context)
    {
        string path = context.Request.Path.Value!;
        if (context.Request.Method is "POST" or "PUT")
        {
            JsonObject item = JsonNode.Parse(await new StreamReader(context.Request.Body).ReadToEndAsync())!.AsObject();
            string key = context.Request.Method == "PUT" ? path : $"{path}/{item["metadata"]!["name"]}";
            if (context.Request.Method == "POST" && _stored.ContainsKey(key))
            {
                await AnswerAsync(context, 409, """{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"AlreadyExists","code":409}""");
                return;
            }

            item["metadata"]!["resourceVersion"] = "8";
            _stored[key] = item;
        }

        string at = context.Request.Method == "POST" ? path + "/ug-deployment-web" : path;
        await (_stored.TryGetValue(at, out JsonObject? found)
            ? AnswerAsync(context, 200, found.ToJsonString())
            : AnswerAsync(context, 404, """{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"NotFound","code":404}"""));
    }

    private static Task AnswerAsync(HttpContext context, int status, string json)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(json);
    }
}
