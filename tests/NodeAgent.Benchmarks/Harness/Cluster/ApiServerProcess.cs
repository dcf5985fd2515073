// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace NodeAgent.Benchmarks.Harness.Cluster;

/// <summary>A child process that is an API server double, and a kubeconfig for it.</summary>
internal sealed class ApiServerProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly DirectoryInfo _folder;

    private ApiServerProcess(Process process, DirectoryInfo folder)
    {
        _process = process;
        _folder = folder;
    }

    public string Kubeconfig => Path.Combine(_folder.FullName, "kubeconfig");

    public static async Task<ApiServerProcess> StartAsync()
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, [ApiServerProgram.Flag]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        var server = new ApiServerProcess(ToolProcess.Start(start), Directory.CreateTempSubdirectory("na-api-server-"));
        string address = await server.AnswerAsync().ConfigureAwait(false);
        string authority = await server.AnswerAsync().ConfigureAwait(false);
        await File.WriteAllTextAsync(server.Kubeconfig, $$"""
            current-context: double
            contexts: [{name: double, context: {cluster: double, user: double} }]
            clusters: [{name: double, cluster: {server: '{{address}}', certificate-authority-data: {{authority}} } }]
            users: [{name: double, user: {} }]
            """).ConfigureAwait(false);
        return server;
    }

    public Task FillAsync(int pods, int services) => SayAsync(string.Create(CultureInfo.InvariantCulture, $"cluster {pods} {services}"));

    public Task PutAsync(string resource, JsonObject item) => SayAsync($"put {resource} {Convert.ToBase64String(Encoding.UTF8.GetBytes(item.ToJsonString()))}");

    public Task ChangeAsync(int pods, int perSecond, int seconds) => SayAsync(string.Create(CultureInfo.InvariantCulture, $"change {pods} {perSecond} {seconds}"));

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync().ConfigureAwait(false);
        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task SayAsync(string command)
    {
        await _process.StandardInput.WriteLineAsync(command).ConfigureAwait(false);
        await _process.StandardInput.FlushAsync().ConfigureAwait(false);
        await AnswerAsync().ConfigureAwait(false);
    }

    private async Task<string> AnswerAsync() =>
        await _process.StandardOutput.ReadLineAsync().ConfigureAwait(false) ?? throw new InvalidOperationException("the API server double ended");
}
