// SPDX-License-Identifier: Apache-2.0
using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;

namespace NodeAgent.Kubernetes.Authentication;

/// <summary>Runs a credential plug-in, and again when what it gave expires or is refused.</summary>
internal sealed class ExecCredentials(ExecPlugin plugin, TimeProvider time) : ITokenProvider, IClientCertificateProvider, IDisposable
{
    private const int MaxOutputChars = 1 << 20;
    private const int MaxErrorChars = 512;
    private static readonly TimeSpan RunTimeout = TimeSpan.FromSeconds(60);

    // What expires on its way to the server is no use.
    private static readonly TimeSpan ExpiryMargin = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _running = new(1, 1);
    private Given? _given;

    public X509Certificate2? Current => Volatile.Read(ref _given)?.Certificate;

    public async ValueTask<string?> GetTokenAsync(CancellationToken cancellation)
    {
        if (Volatile.Read(ref _given) is { } given && !IsOver(given))
        {
            return given.Token;
        }

        await _running.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (_given is null || IsOver(_given))
            {
                Volatile.Write(ref _given, await RunAsync(cancellation).ConfigureAwait(false));
            }

            return _given.Token;
        }
        finally
        {
            _running.Release();
        }
    }

    public void Refuse() => Volatile.Write(ref _given, null);

    public void Dispose()
    {
        _given?.Certificate?.Dispose();
        _running.Dispose();
    }

    private bool IsOver(Given given) => given.ExpiresAt is { } expiry && time.GetUtcNow() >= expiry - ExpiryMargin;

    private async Task<Given> RunAsync(CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(RunTimeout);
        Process process = Start();
        using (process)
        {
            try
            {
                process.StandardInput.Close();
                Task<string> errors = ReadAsync(process.StandardError, MaxErrorChars, limit.Token);
                string output = await ReadAsync(process.StandardOutput, MaxOutputChars, limit.Token).ConfigureAwait(false);
                await process.WaitForExitAsync(limit.Token).ConfigureAwait(false);
                return process.ExitCode == 0
                    ? Parse(output)
                    : throw Failure($"ended with code {process.ExitCode}: {(await errors.ConfigureAwait(false)).Trim()}");
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                throw Failure($"did not end within {RunTimeout.TotalSeconds:0} s");
            }
            finally
            {
                Kill(process);
            }
        }
    }

    private Process Start()
    {
        var start = new ProcessStartInfo(plugin.Command, plugin.Arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in plugin.Environment)
        {
            start.Environment[name] = value;
        }

        var request = new ExecCredential
        {
            ApiVersion = plugin.ApiVersion,
            Kind = nameof(ExecCredential),
            Spec = new ExecCredentialSpec { Cluster = plugin.Cluster },
        };
        start.Environment["KUBERNETES_EXEC_INFO"] = JsonSerializer.Serialize(request, ExecJsonContext.Default.ExecCredential);
        try
        {
            return Process.Start(start) ?? throw Failure("could not be started");
        }
        catch (Win32Exception error)
        {
            throw Failure($"could not be started: {error.Message}{(plugin.InstallHint.Length == 0 ? string.Empty : $" ({plugin.InstallHint})")}");
        }
    }

    private static void Kill(Process process)
    {
        try
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
        catch (Exception error) when (error is InvalidOperationException or Win32Exception)
        {
            // It ended meanwhile.
        }
    }

    private Given Parse(string output)
    {
        ExecCredential? answer;
        try
        {
            answer = JsonSerializer.Deserialize(output, ExecJsonContext.Default.ExecCredential);
        }
        catch (JsonException error)
        {
            throw Failure($"answered no ExecCredential at line {error.LineNumber}");
        }

        if (answer?.ApiVersion != plugin.ApiVersion || answer.Kind != nameof(ExecCredential))
        {
            throw Failure($"answered {answer?.ApiVersion}, {answer?.Kind} instead of {plugin.ApiVersion}, {nameof(ExecCredential)}");
        }

        ExecCredentialStatus? status = answer.Status;
        bool hasCertificate = !string.IsNullOrEmpty(status?.ClientCertificateData) && !string.IsNullOrEmpty(status.ClientKeyData);
        if (string.IsNullOrEmpty(status?.Token) && !hasCertificate)
        {
            throw Failure("answered neither a token nor a client certificate with its key");
        }

        try
        {
            X509Certificate2? certificate = hasCertificate ? X509Certificate2.CreateFromPem(status!.ClientCertificateData, status.ClientKeyData) : null;
            return new Given(string.IsNullOrEmpty(status!.Token) ? null : status.Token, certificate, status.ExpirationTimestamp);
        }
        catch (Exception error) when (error is CryptographicException or ArgumentException)
        {
            throw Failure($"answered a client certificate that is none: {error.Message}");
        }
    }

    private static async Task<string> ReadAsync(StreamReader reader, int maxChars, CancellationToken cancellation)
    {
        var text = new StringBuilder();
        char[] buffer = new char[4096];
        int read;
        while ((read = await reader.ReadAsync(buffer, cancellation).ConfigureAwait(false)) > 0)
        {
            // The rest is read too, so that the program does not wait for a reader.
            text.Append(buffer, 0, Math.Min(read, maxChars - text.Length));
        }

        return text.ToString();
    }

    private CredentialException Failure(string problem) => new($"credential plug-in {plugin.Command} {problem}");

    private sealed record Given(string? Token, X509Certificate2? Certificate, DateTimeOffset? ExpiresAt);
}
