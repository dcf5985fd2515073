// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace NodeAgent.Storage.Security;

/// <summary>The file that kubectl reads. Source: Kubernetes API, client configuration v1.</summary>
internal static class Kubeconfig
{
    /// <param name="server">Shape: <c>https://address:port</c>.</param>
    /// <param name="token">Shape: letters, digits, <c>-_.~</c>: needs no YAML quoting beyond quotes.</param>
    public static string Render(string server, string authorityPem, string token) =>
        $"""
        apiVersion: v1
        kind: Config
        clusters:
        - name: node-agent
          cluster:
            server: "{server}"
            certificate-authority-data: {Convert.ToBase64String(Encoding.ASCII.GetBytes(authorityPem))}
        users:
        - name: node-agent
          user:
            token: "{token}"
        contexts:
        - name: node-agent
          context:
            cluster: node-agent
            user: node-agent
            namespace: default
        current-context: node-agent

        """;
}
