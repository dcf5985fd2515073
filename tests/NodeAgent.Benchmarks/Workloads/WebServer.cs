// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using NodeAgent.Benchmarks.Harness;

namespace NodeAgent.Benchmarks.Workloads;

/// <summary>nginx with a worker for each CPU that serves files to wrk over loopback; each request opens its file.</summary>
internal sealed class WebServer : IWorkload
{
    private const int Files = 200;
    private const int Connections = 32;
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(20);
    private readonly ScratchDirectory _directory = new();
    private readonly WorkloadCgroup _cgroup = new("nginx");
    private readonly WorkloadCgroup _clientCgroup = new("wrk");
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(10) };
    private Process? _nginx;
    private Process? _client;
    private int _port;

    public string Name => "web server (nginx, wrk)";

    public string Unit => "requests";

    public async Task StartAsync()
    {
        WriteFiles();
        ProcessStartInfo server = _cgroup.Command("nginx", "-p", _directory.Path, "-c", _directory.File("nginx.conf"), "-e", _directory.File("error.log"));
        _nginx = ToolProcess.Start(server);
        long start = Stopwatch.GetTimestamp();
        while (!await AnswersAsync().ConfigureAwait(false))
        {
            if (_nginx.HasExited || Stopwatch.GetElapsedTime(start) > StartLimit)
            {
                throw new InvalidOperationException($"nginx does not answer: {await File.ReadAllTextAsync(_directory.File("error.log")).ConfigureAwait(false)}");
            }

            await Task.Delay(50).ConfigureAwait(false);
        }

        ProcessStartInfo client = _clientCgroup.Command(
            "wrk", "-t1", "-c" + Connections.ToString(CultureInfo.InvariantCulture), "-d3600s", "-s", _directory.File("paths.lua"), $"http://127.0.0.1:{_port}/");
        client.RedirectStandardOutput = true;
        _client = ToolProcess.Start(client);
    }

    /// <remarks>Source: ngx_http_stub_status_module; the third line holds connections accepted, handled, and requests.</remarks>
    public async Task<double> DoneAsync()
    {
        if (_client is not { HasExited: false } || _nginx is not { HasExited: false })
        {
            throw new InvalidOperationException("nginx or wrk ended");
        }

        string status = await _http.GetStringAsync(new Uri($"http://127.0.0.1:{_port}/status")).ConfigureAwait(false);
        return double.Parse(status.Split('\n')[2].Split(' ', StringSplitOptions.RemoveEmptyEntries)[2], CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        if (_client is not null)
        {
            await ToolProcess.StopAsync(_client, "KILL").ConfigureAwait(false);
        }

        if (_nginx is not null)
        {
            await ToolProcess.StopAsync(_nginx).ConfigureAwait(false);
        }

        await _cgroup.DisposeAsync().ConfigureAwait(false);
        await _clientCgroup.DisposeAsync().ConfigureAwait(false);
        _http.Dispose();
        _directory.Dispose();
    }

    private void WriteFiles()
    {
        for (int i = 0; i < Files; i++)
        {
            _directory.Write(string.Create(CultureInfo.InvariantCulture, $"html/file{i}.html"), new string('x', 256 << (i % 6)));
        }

        // Workers run as another user, who has to get here.
        File.SetUnixFileMode(_directory.Path, (UnixFileMode)0b111_101_101);
        _port = Loopback.FreePort();
        _directory.Write("nginx.conf", $$"""
            daemon off;
            worker_processes auto;
            pid {{_directory.File("nginx.pid")}};
            events { worker_connections 256; }
            http {
                access_log {{_directory.File("access.log")}};
                client_body_temp_path {{_directory.File("body")}};
                proxy_temp_path {{_directory.File("proxy")}};
                fastcgi_temp_path {{_directory.File("fastcgi")}};
                uwsgi_temp_path {{_directory.File("uwsgi")}};
                scgi_temp_path {{_directory.File("scgi")}};
                server {
                    listen 127.0.0.1:{{_port}};
                    root {{_directory.File("html")}};
                    location = /status { stub_status; access_log off; }
                }
            }

            """);
        _directory.Write("paths.lua", $"local n = 0\nrequest = function()\n  n = (n + 7) % {Files}\n  return wrk.format(\"GET\", \"/file\" .. n .. \".html\")\nend\n");
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            using HttpResponseMessage answer = await _http.GetAsync(new Uri($"http://127.0.0.1:{_port}/file0.html")).ConfigureAwait(false);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
