// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json.Nodes;

namespace NodeAgent.Tests.Admission;

/// <summary>Reviews in the shape in which an API server sends them. Source: Kubernetes documentation, "Dynamic Admission Control", and the API reference of admission.k8s.io/v1 and core/v1.</summary>
internal static class Reviews
{
    public static string Exec(string uid, string pod = "web-7d9", string user = "jane", string ns = "shop", params string[] command) =>
        Of(uid, "PodExecOptions", "exec", pod, user, ns, new JsonObject
        {
            ["kind"] = "PodExecOptions",
            ["apiVersion"] = "v1",
            ["stdin"] = true,
            ["stdout"] = true,
            ["tty"] = true,
            ["container"] = "server",
            ["command"] = new JsonArray([.. (command.Length == 0 ? ["sh", "-c", "id"] : command).Select(one => JsonValue.Create(one))]),
        }).ToJsonString();

    public static string PortForward(string uid, string pod = "web-7d9", string user = "jane", string ns = "shop") =>
        Of(uid, "PodPortForwardOptions", "portforward", pod, user, ns, new JsonObject { ["kind"] = "PodPortForwardOptions", ["apiVersion"] = "v1", ["ports"] = new JsonArray(5432) }).ToJsonString();

    public static JsonObject Of(string uid, string kind, string subresource, string pod, string user, string ns, JsonNode? options) => new()
    {
        ["kind"] = "AdmissionReview",
        ["apiVersion"] = "admission.k8s.io/v1",
        ["request"] = new JsonObject
        {
            ["uid"] = uid,
            ["kind"] = new JsonObject { ["group"] = "", ["version"] = "v1", ["kind"] = kind },
            ["resource"] = new JsonObject { ["group"] = "", ["version"] = "v1", ["resource"] = "pods" },
            ["subResource"] = subresource,
            ["requestKind"] = new JsonObject { ["group"] = "", ["version"] = "v1", ["kind"] = kind },
            ["requestResource"] = new JsonObject { ["group"] = "", ["version"] = "v1", ["resource"] = "pods" },
            ["requestSubResource"] = subresource,
            ["name"] = pod,
            ["namespace"] = ns,
            ["operation"] = "CONNECT",
            ["userInfo"] = new JsonObject
            {
                ["username"] = user,
                ["uid"] = "0b1c",
                ["groups"] = new JsonArray("dev", "system:authenticated"),
                ["extra"] = new JsonObject { ["authentication.kubernetes.io/credential-id"] = new JsonArray("X509SHA256=00") },
            },
            ["object"] = options,
            ["oldObject"] = null,
            ["dryRun"] = false,
            ["options"] = null,
        },
    };

    public static byte[] Bytes(string json) => Encoding.UTF8.GetBytes(json);
}
