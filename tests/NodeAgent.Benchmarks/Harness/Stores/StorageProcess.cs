// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace NodeAgent.Benchmarks.Harness.Stores;

/// <summary>A child process that is the storage, with clients for it.</summary>
internal sealed class StorageProcess : IAsyncDisposable
{
    private readonly Process _process;
    private Uri _address = null!;
    private string _token = string.Empty;
    private X509Certificate2 _authority = null!;

    private StorageProcess(Process process) => _process = process;

    public int Pid => _process.Id;

    /// <param name="database">Shape: as the storage's option; empty: SQLite in the directory.</param>
    public static async Task<StorageProcess> StartAsync(string directory, string database)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, [StorageProgram.Flag, directory, database]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        var storage = new StorageProcess(ToolProcess.Start(start));
        storage._address = new Uri(await storage.AnswerAsync().ConfigureAwait(false));
        storage._token = await storage.AnswerAsync().ConfigureAwait(false);
        storage._authority = X509CertificateLoader.LoadCertificate(Convert.FromBase64String(await storage.AnswerAsync().ConfigureAwait(false)));
        return storage;
    }

    /// <summary>HTTP/2 over one connection, as client-go has it; the caller disposes it.</summary>
    public HttpClient CreateClient()
    {
        var handler = new SocketsHttpHandler { UseProxy = false };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, errors) => errors != SslPolicyErrors.RemoteCertificateNotAvailable && IsIssued(certificate!);
        return new HttpClient(handler)
        {
            BaseAddress = _address,
            Timeout = TimeSpan.FromMinutes(5),
            DefaultRequestVersion = new Version(2, 0),
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
            DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", _token) },
        };
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync().ConfigureAwait(false);
        _process.Dispose();
        _authority.Dispose();
    }

    private bool IsIssued(X509Certificate presented)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(_authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        using var certificate = new X509Certificate2(presented);
        return chain.Build(certificate);
    }

    private async Task<string> AnswerAsync() =>
        await _process.StandardOutput.ReadLineAsync().ConfigureAwait(false) ?? throw new InvalidOperationException("the storage ended");
}
